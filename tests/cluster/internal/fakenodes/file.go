// Package fakenodes keeps nodes in a cluster that have no machine behind them:
// it registers them as their clouds would, renews their leases, and moves the
// pods bound to them as a kubelet would, on a script. Everything else about
// them is real: the scheduler places, controllers watch, admission checks.
package fakenodes

import (
	"fmt"
	"os"
	"path"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// File lists nodes, pools of nodes, and the script of their pods.
type File struct {
	Nodes []Node `json:"nodes"`
	Pools []Pool `json:"pools,omitempty"`
	Rules []Rule `json:"rules,omitempty"`
}

// Node is one node as its cloud writes it.
type Node struct {
	Name       string            `json:"name"`
	ProviderID string            `json:"providerID,omitempty"`
	Labels     map[string]string `json:"labels,omitempty"`
	Capacity   map[string]string `json:"capacity"`
	Taints     []corev1.Taint    `json:"taints,omitempty"`
}

// Pool is a group of like nodes that an autoscaler would size: it grows when a
// pod pends that a node of it would take, and shrinks when nodes stay empty.
// In the template, {n} in the providerID is the node's number.
type Pool struct {
	Name           string          `json:"name"`
	Min            int             `json:"min"`
	Max            int             `json:"max"`
	ScaleUpAfter   metav1.Duration `json:"scaleUpAfter,omitempty"`
	ScaleDownAfter metav1.Duration `json:"scaleDownAfter,omitempty"`
	Template       Node            `json:"template"`
}

// Rule scripts the pods that it matches; the first match counts. An empty
// field matches everything; node and image may hold * and ?.
type Rule struct {
	Namespace string `json:"namespace,omitempty"`
	Selector  string `json:"selector,omitempty"`
	Node      string `json:"node,omitempty"`
	Image     string `json:"image,omitempty"`
	Script    `json:",inline"`
}

// Failure is how a pod fails.
type Failure string

// The failures.
const (
	FailNone      Failure = ""
	FailCrashLoop Failure = "crashLoop" // containers end with code 1, again and again
	FailOOM       Failure = "oomKilled" // the same, killed for memory
	FailPull      Failure = "imagePull" // the image cannot be pulled
	FailInit      Failure = "initCrash" // the first init container ends with code 1
	FailUnready   Failure = "unready"   // runs, but its readiness probe fails
	FailHang      Failure = "hang"      // never leaves ContainerCreating
)

// Script is what happens to a pod.
type Script struct {
	Delay         metav1.Duration `json:"delay,omitempty"`         // from bound to running, after the init containers
	InitDelay     metav1.Duration `json:"initDelay,omitempty"`     // of each init container
	StopAfter     metav1.Duration `json:"stopAfter,omitempty"`     // from deleted to gone, at most the grace period
	CompleteAfter metav1.Duration `json:"completeAfter,omitempty"` // pods of Jobs: from running to Succeeded
	Fail          Failure         `json:"fail,omitempty"`
}

// Script values where neither file nor annotation says otherwise: quick, but not
// so quick that no watcher sees the states between.
const (
	defaultDelay         = 300 * time.Millisecond
	defaultInitDelay     = 100 * time.Millisecond
	defaultStopAfter     = 100 * time.Millisecond
	defaultCompleteAfter = 500 * time.Millisecond
	defaultScaleUpAfter  = 2 * time.Second
	defaultScaleDown     = time.Minute
)

// Load reads a file.
func Load(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Parse reads a file's text and refuses what it does not understand.
func Parse(data []byte) (*File, error) {
	var f File
	if err := yaml.UnmarshalStrict(data, &f); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, n := range f.Nodes {
		if seen[n.Name] {
			return nil, fmt.Errorf("node %q is listed twice", n.Name)
		}
		seen[n.Name] = true
		if err := n.check(); err != nil {
			return nil, fmt.Errorf("node %q: %w", n.Name, err)
		}
	}
	for i := range f.Pools {
		p := &f.Pools[i]
		if p.Name == "" || p.Min < 0 || p.Max < p.Min {
			return nil, fmt.Errorf("pool %q: give it a name, and 0 <= min <= max", p.Name)
		}
		p.Template.Name = p.Name
		if err := p.Template.check(); err != nil {
			return nil, fmt.Errorf("pool %q: %w", p.Name, err)
		}
		setDefault(&p.ScaleUpAfter, defaultScaleUpAfter)
		setDefault(&p.ScaleDownAfter, defaultScaleDown)
	}
	for i, r := range f.Rules {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return &f, nil
}

func (n Node) check() error {
	if n.Name == "" {
		return fmt.Errorf("a node needs a name")
	}
	_, err := n.resources()
	return err
}

// resources are the capacity with the pods that a kubelet allows by default.
func (n Node) resources() (corev1.ResourceList, error) {
	list := corev1.ResourceList{corev1.ResourcePods: resource.MustParse("110")}
	for name, value := range n.Capacity {
		q, err := resource.ParseQuantity(value)
		if err != nil {
			return nil, fmt.Errorf("capacity %s: %q: %w", name, value, err)
		}
		list[corev1.ResourceName(name)] = q
	}
	return list, nil
}

func (r Rule) check() error {
	if _, err := metav1.ParseToLabelSelector(r.Selector); err != nil {
		return fmt.Errorf("selector %q: %w", r.Selector, err)
	}
	for _, pattern := range []string{r.Node, r.Image} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", pattern, err)
		}
	}
	return r.Fail.Check()
}

// Check refuses an unknown failure.
func (f Failure) Check() error {
	switch f {
	case FailNone, FailCrashLoop, FailOOM, FailPull, FailInit, FailUnready, FailHang:
		return nil
	}
	return fmt.Errorf("failure %q: use crashLoop, oomKilled, imagePull, initCrash, unready or hang", f)
}

func setDefault(d *metav1.Duration, value time.Duration) {
	if d.Duration == 0 {
		d.Duration = value
	}
}
