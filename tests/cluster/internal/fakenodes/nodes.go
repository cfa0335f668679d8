package fakenodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Times of a kubelet.
const (
	leaseEvery   = 10 * time.Second
	leaseSeconds = 40
	reportEvery  = 5 * time.Minute // of the node status when nothing changed
	watchEvery   = time.Second     // for lost nodes that come back
	writers      = 16              // nodes written to at once: a thousand leases in ten seconds
)

// kubeletVersion is what the nodes say they run.
const kubeletVersion = "v1.37.2"

// registry knows which nodes are ours, and their addresses.
type registry struct {
	mu sync.Mutex
	ip map[string]string
	n  int
}

func newRegistry() *registry { return &registry{ip: map[string]string{}} }

// add gives a node an address that nothing listens on.
func (r *registry) add(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ip[name] == "" {
		r.n++
		r.ip[name] = fmt.Sprintf("10.98.%d.%d", r.n/250, r.n%250+1)
	}
	return r.ip[name]
}

func (r *registry) remove(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ip, name)
}

// address is empty for a node that is not ours.
func (r *registry) address(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ip[name]
}

func (r *registry) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for name := range r.ip {
		names = append(names, name)
	}
	return names
}

func (c *controller) registerAll(ctx context.Context) error {
	for _, n := range c.file.Nodes {
		if err := c.register(ctx, n); err != nil {
			return err
		}
	}
	for _, p := range c.file.Pools {
		for i := range p.Min {
			if err := c.register(ctx, p.member(i+1)); err != nil {
				return err
			}
		}
		c.adopt(p)
	}
	return nil
}

// register makes the Node object, its lease and its first status.
func (c *controller) register(ctx context.Context, n Node) error {
	object := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: n.Name, Labels: map[string]string{
			corev1.LabelHostname:   n.Name,
			corev1.LabelOSStable:   "linux",
			corev1.LabelArchStable: runtime.GOARCH,
		}},
		Spec: corev1.NodeSpec{ProviderID: n.ProviderID, Taints: n.Taints},
	}
	for key, value := range n.Labels {
		object.Labels[key] = value
	}
	if _, err := c.client.CoreV1().Nodes().Create(ctx, object, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("register node %s: %w", n.Name, err)
	}
	c.nodes.add(n.Name)
	resources, err := n.resources()
	if err != nil {
		return err
	}
	if err := c.renew(ctx, n.Name); err != nil {
		return err
	}
	return c.report(ctx, n.Name, resources)
}

// report writes a node's status. Without resources it only says that the node
// is well.
func (c *controller) report(ctx context.Context, name string, resources corev1.ResourceList) error {
	now := metav1.Now()
	condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus, reason, message string) corev1.NodeCondition {
		fresh := corev1.NodeCondition{Type: kind, Status: status, Reason: reason, Message: message, LastHeartbeatTime: now, LastTransitionTime: now}
		if node, err := c.nodeStore.Get(name); err == nil {
			for _, old := range node.Status.Conditions {
				if old.Type == kind && old.Status == status {
					fresh.LastTransitionTime = old.LastTransitionTime
				}
			}
		}
		return fresh
	}
	status := map[string]any{
		"conditions": []corev1.NodeCondition{
			condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
			condition(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
			condition(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
			condition(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady", "kubelet is posting ready status"),
		},
		"addresses": []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: c.nodes.address(name)},
			{Type: corev1.NodeHostName, Address: name},
		},
		"nodeInfo": corev1.NodeSystemInfo{
			Architecture: runtime.GOARCH, OperatingSystem: "linux", OSImage: "fake", KernelVersion: "fake",
			KubeletVersion: kubeletVersion, ContainerRuntimeVersion: "fake://1", MachineID: name, SystemUUID: name, BootID: name,
		},
	}
	if resources != nil {
		status["capacity"], status["allocatable"] = resources, resources
	}
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = c.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

// renew renews a node's lease, which is how the cluster knows that it lives.
func (c *controller) renew(ctx context.Context, name string) error {
	seconds := int32(leaseSeconds)
	now := metav1.NowMicro()
	spec := coordinationv1.LeaseSpec{HolderIdentity: &name, LeaseDurationSeconds: &seconds, RenewTime: &now}
	patch, err := json.Marshal(map[string]any{"spec": spec})
	if err != nil {
		return err
	}
	leases := c.client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	_, err = leases.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	if apierrors.IsNotFound(err) {
		_, err = leases.Create(ctx, &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: corev1.NamespaceNodeLease}, Spec: spec}, metav1.CreateOptions{})
	}
	return err
}

// kept is when a node was last written to.
type kept struct{ renewed, reported time.Time }

// keep writes what is due for one node.
func (c *controller) keep(ctx context.Context, name string, node *corev1.Node, k *kept) {
	if time.Since(k.renewed) >= leaseEvery {
		if err := c.renew(ctx, name); err != nil {
			c.log.Printf("lease of %s: %v", name, err)
			return
		}
		k.renewed = time.Now()
	}
	if !nodeIsReady(node) || time.Since(k.reported) >= reportEvery {
		if err := c.report(ctx, name, nil); err != nil {
			c.log.Printf("status of %s: %v", name, err)
			return
		}
		k.reported = time.Now()
	}
}

// keepLeases renews the leases of nodes that are not lost, and reports a node
// that was lost and is back.
func (c *controller) keepLeases(ctx context.Context) {
	alive := map[string]*kept{}
	for tick := time.NewTicker(watchEvery); ; {
		var wg sync.WaitGroup
		free := make(chan struct{}, writers)
		for _, name := range c.nodes.names() {
			node, err := c.nodeStore.Get(name)
			if err != nil || isDown(node) {
				delete(alive, name)
				continue
			}
			if alive[name] == nil {
				alive[name] = &kept{}
			}
			free <- struct{}{}
			wg.Add(1)
			go func(k *kept) {
				defer func() { <-free; wg.Done() }()
				c.keep(ctx, name, node, k)
			}(alive[name])
		}
		wg.Wait()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func isDown(node *corev1.Node) bool { return node.Annotations[AnnotationDown] == "true" }

func nodeIsReady(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// takesPods tells whether the cluster has noticed that a node is Ready.
func takesPods(node *corev1.Node) bool {
	for _, t := range node.Spec.Taints {
		if t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable {
			return false
		}
	}
	return nodeIsReady(node)
}

func (c *controller) awaitReady(ctx context.Context) error {
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		ready := true
		for _, n := range c.file.Nodes {
			node, err := c.nodeStore.Get(n.Name)
			ready = ready && err == nil && takesPods(node)
		}
		if ready {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), errors.New("nodes did not become Ready"))
		case <-tick.C:
		}
	}
}
