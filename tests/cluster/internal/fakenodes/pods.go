package fakenodes

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// retryAfter is the pause after a write that failed.
const retryAfter = 500 * time.Millisecond

// addresses gives out pod addresses. Every address of 10.99.0.0/16 belongs to
// the machine inside a cluster of this program, so that a test may listen on a
// pod's address and serve as that pod.
type addresses struct {
	mu   sync.Mutex
	used map[string]types.UID
	next int
}

func newAddresses() *addresses { return &addresses{used: map[string]types.UID{}} }

// maxAddresses is what fits into the network, less network and broadcast of
// each /24.
const maxAddresses = 256 * 254

func (a *addresses) take(uid types.UID) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range maxAddresses {
		ip := fmt.Sprintf("10.99.%d.%d", a.next/254, a.next%254+1)
		a.next = (a.next + 1) % maxAddresses
		if _, ok := a.used[ip]; !ok {
			a.used[ip] = uid
			return ip
		}
	}
	return ""
}

// keep marks an address that a pod has already, from a run before.
func (a *addresses) keep(ip string, uid types.UID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used[ip] = uid
}

func (a *addresses) free(uid types.UID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.used, func(_ string, by types.UID) bool { return by == uid })
}

// workers has one goroutine a pod: pods wait most of the time, each for its own.
type workers struct {
	c  *controller
	mu sync.Mutex
	on map[types.UID]chan struct{} // wakes a pod's goroutine
	up context.Context             // nil until run
}

// watch wakes pods when something about them, their namespace or their node changes.
func (c *controller) watch(factory informers.SharedInformerFactory) *workers {
	w := &workers{c: c, on: map[types.UID]chan struct{}{}}
	factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { w.changed(o.(*corev1.Pod)) },
		UpdateFunc: func(_, o any) { w.changed(o.(*corev1.Pod)) },
		DeleteFunc: func(o any) {
			if gone, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = gone.Obj
			}
			if pod, ok := o.(*corev1.Pod); ok {
				w.gone(pod.UID)
			}
		},
	})
	annotated := cache.ResourceEventHandlerFuncs{UpdateFunc: func(old, o any) {
		before, after := old.(metav1.Object), o.(metav1.Object)
		if !maps.Equal(before.GetAnnotations(), after.GetAnnotations()) {
			w.wakeAll()
		}
	}}
	factory.Core().V1().Namespaces().Informer().AddEventHandler(annotated)
	factory.Core().V1().Nodes().Informer().AddEventHandler(annotated)
	return w
}

// run lets the workers begin, once the nodes are known.
func (w *workers) run(ctx context.Context) {
	w.mu.Lock()
	w.up = ctx
	w.mu.Unlock()
	pods, _ := w.c.podStore.List(everything)
	for _, pod := range pods {
		w.changed(pod)
	}
}

func (w *workers) changed(pod *corev1.Pod) {
	if pod.Spec.NodeName == "" || w.c.nodes.address(pod.Spec.NodeName) == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.up == nil {
		return
	}
	wake, ok := w.on[pod.UID]
	if !ok {
		wake = make(chan struct{}, 1)
		w.on[pod.UID] = wake
		go w.c.live(w.up, pod, wake)
		return
	}
	nudge(wake)
}

func (w *workers) gone(uid types.UID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if wake, ok := w.on[uid]; ok {
		delete(w.on, uid)
		close(wake)
	}
	w.c.addresses.free(uid)
}

func (w *workers) wakeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, wake := range w.on {
		nudge(wake)
	}
}

func nudge(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default: // it is awake already
	}
}

// live is one pod's life on its node.
func (c *controller) live(ctx context.Context, first *corev1.Pod, wake <-chan struct{}) {
	m := moment{started: time.Now(), nodeIP: c.nodes.address(first.Spec.NodeName), podIP: first.Status.PodIP}
	if first.Status.StartTime != nil {
		m.started = first.Status.StartTime.Time
	}
	if m.podIP == "" {
		m.podIP = c.addresses.take(first.UID)
	} else {
		c.addresses.keep(m.podIP, first.UID)
	}
	var script Script
	epoch := m.started
	begun := false
	var deletedAt time.Time
	for {
		next := time.Duration(0)
		pod, err := c.podStore.Pods(first.Namespace).Get(first.Name)
		if err == nil && pod.UID == first.UID && c.isUp(pod.Spec.NodeName) {
			namespace, _ := c.namespaces.Get(pod.Namespace)
			now := scriptFor(c.file.Rules, pod, namespace)
			if begun && now != script {
				epoch, m.restarts = time.Now(), restarts(pod)
			}
			script, begun = now, true
			if pod.DeletionTimestamp != nil && deletedAt.IsZero() {
				deletedAt = time.Now()
			}
			m.now, m.since = time.Now(), time.Since(epoch)
			next, err = c.step(ctx, pod, script, m, deletedAt)
			if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
				c.log.Printf("pod %s/%s: %v", pod.Namespace, pod.Name, err)
				next = retryAfter
			}
		}
		var timer <-chan time.Time
		if next > 0 {
			timer = time.After(next)
		}
		select {
		case <-ctx.Done():
			return
		case _, ok := <-wake:
			if !ok {
				return
			}
		case <-timer:
		}
	}
}

func (c *controller) isUp(name string) bool {
	node, err := c.nodeStore.Get(name)
	return err == nil && !isDown(node)
}

// step does what is due for a pod now, and says when to look again.
func (c *controller) step(ctx context.Context, pod *corev1.Pod, s Script, m moment, deletedAt time.Time) (time.Duration, error) {
	done := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	if pod.DeletionTimestamp != nil {
		wait := s.StopAfter.Duration
		if grace := pod.DeletionGracePeriodSeconds; grace != nil && time.Duration(*grace)*time.Second < wait {
			wait = time.Duration(*grace) * time.Second
		}
		if left := wait - time.Since(deletedAt); left > 0 && !done {
			return left, nil
		}
		zero := int64(0)
		return 0, c.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
			GracePeriodSeconds: &zero, Preconditions: &metav1.Preconditions{UID: &pod.UID},
		})
	}
	if done {
		return 0, nil
	}
	if reason := c.refuses(pod); reason != "" {
		status := *pod.Status.DeepCopy()
		status.Phase, status.Reason, status.Message = corev1.PodFailed, reason, "Pod was rejected: Predicate "+reason+" failed"
		return 0, c.write(ctx, pod, status)
	}
	status, next := advance(pod, s, m)
	keepTimes(pod.Status.ContainerStatuses, status.ContainerStatuses)
	keepTimes(pod.Status.InitContainerStatuses, status.InitContainerStatuses)
	return next, c.write(ctx, pod, status)
}

// refuses checks a new pod as the kubelet does: a pod may have been bound by
// hand, or its node relabelled since.
func (c *controller) refuses(pod *corev1.Pod) string {
	if pod.Status.StartTime != nil {
		return ""
	}
	node, err := c.nodeStore.Get(pod.Spec.NodeName)
	if err != nil {
		return ""
	}
	if ok, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(node); err != nil || !ok {
		return "NodeAffinity"
	}
	return ""
}

// write patches the status when it differs, as the kubelet does.
func (c *controller) write(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) error {
	if equality.Semantic.DeepEqual(pod.Status, status) {
		return nil
	}
	before, err := json.Marshal(corev1.Pod{Status: pod.Status})
	if err != nil {
		return err
	}
	after, err := json.Marshal(corev1.Pod{ObjectMeta: metav1.ObjectMeta{UID: pod.UID}, Status: status})
	if err != nil {
		return err
	}
	patch, err := strategicpatch.CreateTwoWayMergePatch(before, after, corev1.Pod{})
	if err != nil {
		return err
	}
	_, err = c.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

func restarts(pod *corev1.Pod) int32 {
	var most int32
	for _, s := range pod.Status.ContainerStatuses {
		most = max(most, s.RestartCount)
	}
	return most
}
