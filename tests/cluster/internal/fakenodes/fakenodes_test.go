package fakenodes

import (
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

func shipped(t *testing.T) *File {
	t.Helper()
	f, err := Load("../../nodes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The shipped nodes are such as the API server takes, and say what their names say.
func TestShippedNodes(t *testing.T) {
	f := shipped(t)
	if len(f.Nodes) < 20 {
		t.Errorf("%d nodes", len(f.Nodes))
	}
	ids := map[string]string{}
	for _, n := range f.Nodes {
		if other, ok := ids[n.ProviderID]; ok {
			t.Errorf("%s and %s have one providerID", n.Name, other)
		}
		ids[n.ProviderID] = n.Name
		for key, value := range n.Labels {
			if bad := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...); len(bad) > 0 {
				t.Errorf("%s: label %s=%s: %v", n.Name, key, value, bad)
			}
		}
		if len(n.Taints) == 0 {
			t.Errorf("%s takes any pod, and so those that must really run", n.Name)
		}
	}
}

func TestFileIsChecked(t *testing.T) {
	for text, want := range map[string]string{
		"nodes: [{name: a, capacity: {cpu: x}}]":                                           "capacity cpu",
		"nodes: [{name: a, capacity: {}}, {name: a, capacity: {}}]":                        "twice",
		"nodes: [{capacity: {}}]":                                                          "needs a name",
		"nodes: [{name: a, capactiy: {}}]":                                                 "capactiy",
		"nodes: []\nrules: [{fail: explode}]":                                              "use crashLoop",
		"nodes: []\npools: [{name: p, min: 3, max: 1, template: {name: x, capacity: {}}}]": "0 <= min <= max",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want something about %q", text, err, want)
		}
	}
	if _, err := Load("no-such-file.yaml"); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func servingPod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "team-a", Labels: map[string]string{"app": "chat"}},
		Spec: corev1.PodSpec{
			NodeName: "n1", RestartPolicy: corev1.RestartPolicyAlways,
			InitContainers: []corev1.Container{{Name: "fetch", Image: "fetcher:1"}},
			Containers:     []corev1.Container{{Name: "engine", Image: "engine:1"}},
		},
	}
}

// A pod goes through the states that a kubelet would show, each at its time.
func TestPodLife(t *testing.T) {
	script := scriptFor(nil, servingPod(), nil)
	failing := func(how Failure) Script { s := script; s.Fail = how; return s }
	start := time.Unix(1000, 0)
	for _, c := range []struct {
		name   string
		script Script
		since  time.Duration
		phase  corev1.PodPhase
		ready  bool
		reason string // of the engine's waiting state
	}{
		{"init runs", script, 0, corev1.PodPending, false, "PodInitializing"},
		{"engine starts", script, 150 * time.Millisecond, corev1.PodPending, false, "ContainerCreating"},
		{"serves", script, time.Second, corev1.PodRunning, true, ""},
		{"unready", failing(FailUnready), time.Second, corev1.PodRunning, false, ""},
		{"crashes", failing(FailCrashLoop), time.Second, corev1.PodRunning, false, "CrashLoopBackOff"},
		{"killed for memory", failing(FailOOM), time.Second, corev1.PodRunning, false, "CrashLoopBackOff"},
		{"hangs", failing(FailHang), time.Hour, corev1.PodPending, false, "ContainerCreating"},
		{"no image", failing(FailPull), time.Second, corev1.PodPending, false, "PodInitializing"},
		{"init crashes", failing(FailInit), time.Second, corev1.PodPending, false, "PodInitializing"},
	} {
		m := moment{now: start.Add(c.since), since: c.since, started: start, nodeIP: "10.98.0.2", podIP: "10.99.0.1"}
		status, _ := advance(servingPod(), c.script, m)
		if status.Phase != c.phase || isTrue(status.Conditions, corev1.PodReady) != c.ready {
			t.Errorf("%s: phase %s, conditions %v", c.name, status.Phase, status.Conditions)
		}
		engine := status.ContainerStatuses[0].State.Waiting
		if (engine == nil) != (c.reason == "") || engine != nil && engine.Reason != c.reason {
			t.Errorf("%s: engine %v, want %q", c.name, engine, c.reason)
		}
	}
}

// Looking again at a pod later changes nothing.
func TestStatusIsStable(t *testing.T) {
	pod := servingPod()
	script := scriptFor(nil, pod, nil)
	m := moment{now: time.Unix(1001, 0), since: time.Second, started: time.Unix(1000, 0), podIP: "10.99.0.1"}
	first, _ := advance(pod, script, m)
	pod.Status = first
	m.now, m.since = m.now.Add(time.Minute), m.since+time.Minute
	second, _ := advance(pod, script, m)
	keepTimes(first.ContainerStatuses, second.ContainerStatuses)
	keepTimes(first.InitContainerStatuses, second.InitContainerStatuses)
	if a, b := first.String(), second.String(); a != b {
		t.Errorf("changed:\n%s\n%s", a, b)
	}
}

// The pod's annotations win over its namespace's, and those over the file.
func TestScriptPrecedence(t *testing.T) {
	pod := servingPod()
	rules := []Rule{{Node: "n*", Script: Script{Fail: FailHang, Delay: metav1.Duration{Duration: time.Hour}}}}
	if s := scriptFor(rules, pod, nil); s.Fail != FailHang || s.Delay.Duration != time.Hour {
		t.Errorf("rule: %+v", s)
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{AnnotationFail: "crashLoop", AnnotationSelector: "app=chat"}}}
	if s := scriptFor(rules, pod, ns); s.Fail != FailCrashLoop || s.Delay.Duration != time.Hour {
		t.Errorf("namespace: %+v", s)
	}
	pod.Annotations = map[string]string{AnnotationFail: "", AnnotationDelay: "1s"}
	if s := scriptFor(rules, pod, ns); s.Fail != FailNone || s.Delay.Duration != time.Second {
		t.Errorf("pod: %+v", s)
	}
	pod.Labels = nil
	pod.Annotations = nil
	if s := scriptFor(nil, pod, ns); s.Fail != FailNone {
		t.Errorf("selector: %+v", s)
	}
}

// A pool grows only for a pod that a node of it would take.
func TestPoolTakes(t *testing.T) {
	pool := shipped(t).Pools[0]
	pod := servingPod()
	pod.Spec.NodeSelector = map[string]string{"modelport.dev.node-restriction.kubernetes.io/country": "JP"}
	pod.Spec.Tolerations = []corev1.Toleration{{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists}}
	want := func(gpus string) {
		pod.Spec.Containers[0].Resources.Requests = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse(gpus)}
	}
	want("2")
	if !pool.wouldTake(pod) {
		t.Error("a pod that fits is not taken")
	}
	want("3")
	if pool.wouldTake(pod) {
		t.Error("a pod that is too large is taken")
	}
	want("1")
	pod.Spec.Tolerations = nil
	if pool.wouldTake(pod) {
		t.Error("a pod that does not tolerate the taint is taken")
	}
}
