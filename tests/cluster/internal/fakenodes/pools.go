package fakenodes

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	resourcehelper "k8s.io/component-helpers/resource"
	schedulinghelper "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
)

// poolEvery is how often the pools are looked at.
const poolEvery = 500 * time.Millisecond

var everything = labels.Everything()

// member is node n of a pool.
func (p Pool) member(n int) Node {
	node := p.Template
	node.Name = fmt.Sprintf("%s-%d", p.Name, n)
	node.ProviderID = strings.ReplaceAll(p.Template.ProviderID, "{n}", strconv.Itoa(n))
	return node
}

// adopt takes over the nodes that a pool has from a run before.
func (c *controller) adopt(p Pool) {
	for n := range p.Max {
		name := p.member(n + 1).Name
		if _, err := c.nodeStore.Get(name); err == nil {
			c.nodes.add(name)
		}
	}
}

// keepPools does what an autoscaler does: it adds a node when a pod pends that
// the pool's template would take, and removes nodes that stay empty.
func (c *controller) keepPools(ctx context.Context) {
	if len(c.file.Pools) == 0 {
		return
	}
	emptySince := map[string]time.Time{}
	for tick := time.NewTicker(poolEvery); ; {
		pods, err := c.podStore.List(everything)
		for _, p := range c.file.Pools {
			if err == nil {
				c.grow(ctx, p, pods)
				c.shrink(ctx, p, pods, emptySince)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// grow adds at most one node at a time: the next only when that one is Ready
// and pods still pend.
func (c *controller) grow(ctx context.Context, p Pool, pods []*corev1.Pod) {
	free := 0
	for n := range p.Max {
		node, err := c.nodeStore.Get(p.member(n + 1).Name)
		if err == nil && !takesPods(node) {
			return // one is starting
		}
		if err != nil && free == 0 {
			free = n + 1
		}
	}
	if free == 0 {
		return
	}
	for _, pod := range pods {
		if since, ok := unschedulable(pod); !ok || time.Since(since) < p.ScaleUpAfter.Duration || !p.wouldTake(pod) {
			continue
		}
		node := p.member(free)
		c.log.Printf("pool %s: node %s for pod %s/%s", p.Name, node.Name, pod.Namespace, pod.Name)
		if err := c.register(ctx, node); err != nil {
			c.log.Printf("pool %s: %v", p.Name, err)
		}
		return
	}
}

// unschedulable tells since when the scheduler has no place for a pod.
func unschedulable(pod *corev1.Pod) (time.Time, bool) {
	if pod.Spec.NodeName != "" || pod.DeletionTimestamp != nil {
		return time.Time{}, false
	}
	for _, cond := range pod.Status.Conditions {
		if cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionFalse && cond.Reason == corev1.PodReasonUnschedulable {
			return cond.LastTransitionTime.Time, true
		}
	}
	return time.Time{}, false
}

// wouldTake asks whether an empty node of the pool would take the pod.
func (p Pool) wouldTake(pod *corev1.Pod) bool {
	member := p.member(1)
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: member.Name, Labels: map[string]string{corev1.LabelOSStable: "linux"}}}
	for key, value := range member.Labels {
		node.Labels[key] = value
	}
	if ok, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(node); err != nil || !ok {
		return false
	}
	hard := func(t *corev1.Taint) bool { return t.Effect != corev1.TaintEffectPreferNoSchedule }
	if _, untolerated := schedulinghelper.FindMatchingUntoleratedTaint(klog.Background(), member.Taints, pod.Spec.Tolerations, hard, true); untolerated {
		return false
	}
	capacity, err := member.resources()
	if err != nil {
		return false
	}
	for name, want := range resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{}) {
		have := capacity[name]
		if want.Cmp(have) > 0 {
			return false
		}
	}
	return true
}

// shrink removes the pool's nodes above its minimum that have been empty for long.
func (c *controller) shrink(ctx context.Context, p Pool, pods []*corev1.Pod, emptySince map[string]time.Time) {
	for n := p.Max; n > p.Min; n-- {
		name := p.member(n).Name
		if _, err := c.nodeStore.Get(name); err != nil || used(name, pods) {
			delete(emptySince, name)
			continue
		}
		since, ok := emptySince[name]
		if !ok {
			emptySince[name] = time.Now()
			continue
		}
		if time.Since(since) < p.ScaleDownAfter.Duration {
			continue
		}
		c.log.Printf("pool %s: node %s is empty and goes", p.Name, name)
		c.nodes.remove(name)
		delete(emptySince, name)
		if err := c.client.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			c.log.Printf("pool %s: %v", p.Name, err)
		}
	}
}

func used(node string, pods []*corev1.Pod) bool {
	for _, pod := range pods {
		if pod.Spec.NodeName == node {
			return true
		}
	}
	return false
}
