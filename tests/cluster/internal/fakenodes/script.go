package fakenodes

import (
	"path"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Annotations script a pod from outside the file: on the pod itself, on its
// namespace (with an optional selector), and on a node.
const (
	AnnotationFail          = "fake.modelport.dev/fail"
	AnnotationDelay         = "fake.modelport.dev/delay"
	AnnotationInitDelay     = "fake.modelport.dev/init-delay"
	AnnotationStopAfter     = "fake.modelport.dev/stop-after"
	AnnotationCompleteAfter = "fake.modelport.dev/complete-after"
	AnnotationSelector      = "fake.modelport.dev/selector" // namespaces only
	AnnotationDown          = "fake.modelport.dev/down"     // nodes only: "true" is a lost node
)

// scriptFor finds a pod's script: defaults, then the file's first matching
// rule, then the namespace's annotations, then the pod's own.
func scriptFor(rules []Rule, pod *corev1.Pod, namespace *corev1.Namespace) Script {
	s := Script{
		Delay:         metav1.Duration{Duration: defaultDelay},
		InitDelay:     metav1.Duration{Duration: defaultInitDelay},
		StopAfter:     metav1.Duration{Duration: defaultStopAfter},
		CompleteAfter: metav1.Duration{Duration: defaultCompleteAfter},
	}
	for _, r := range rules {
		if r.matches(pod) {
			s.overlay(r.Script)
			break
		}
	}
	if namespace != nil && selects(namespace.Annotations[AnnotationSelector], pod) {
		s.annotate(namespace.Annotations)
	}
	s.annotate(pod.Annotations)
	return s
}

func (r Rule) matches(pod *corev1.Pod) bool {
	if r.Namespace != "" && r.Namespace != pod.Namespace || !selects(r.Selector, pod) {
		return false
	}
	if r.Node != "" && !glob(r.Node, pod.Spec.NodeName) {
		return false
	}
	if r.Image == "" {
		return true
	}
	for _, c := range pod.Spec.Containers {
		if glob(r.Image, c.Image) {
			return true
		}
	}
	return false
}

func selects(selector string, pod *corev1.Pod) bool {
	if selector == "" {
		return true
	}
	parsed, err := labels.Parse(selector)
	return err == nil && parsed.Matches(labels.Set(pod.Labels))
}

func glob(pattern, s string) bool {
	ok, err := path.Match(pattern, s)
	return err == nil && ok
}

func (s *Script) overlay(o Script) {
	for _, d := range []struct{ to, from *metav1.Duration }{
		{&s.Delay, &o.Delay}, {&s.InitDelay, &o.InitDelay}, {&s.StopAfter, &o.StopAfter}, {&s.CompleteAfter, &o.CompleteAfter},
	} {
		if d.from.Duration != 0 {
			*d.to = *d.from
		}
	}
	if o.Fail != FailNone {
		s.Fail = o.Fail
	}
}

// annotate takes what the annotations say; what cannot be read is left out,
// since a typo on a pod must not stop the others.
func (s *Script) annotate(a map[string]string) {
	for key, to := range map[string]*metav1.Duration{
		AnnotationDelay: &s.Delay, AnnotationInitDelay: &s.InitDelay,
		AnnotationStopAfter: &s.StopAfter, AnnotationCompleteAfter: &s.CompleteAfter,
	} {
		if d, err := time.ParseDuration(a[key]); err == nil {
			to.Duration = d
		}
	}
	if fail, ok := a[AnnotationFail]; ok && Failure(fail).Check() == nil {
		s.Fail = Failure(fail)
	}
}
