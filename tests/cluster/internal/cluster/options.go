package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Tier says how much of a cluster is started.
type Tier string

// The tiers, each with all of the one before it.
const (
	TierAPI  Tier = "api"  // etcd and kube-apiserver
	TierFake Tier = "fake" // + kube-controller-manager, kube-scheduler, fake nodes
	TierFull Tier = "full" // + one real node: containerd, kubelet, kube-proxy, DNS
)

// ParseTier refuses what is no tier.
func ParseTier(s string) (Tier, error) {
	switch t := Tier(s); t {
	case TierAPI, TierFake, TierFull:
		return t, nil
	}
	return "", fmt.Errorf("tier %q: use api, fake or full", s)
}

// Options are what a person can choose about a cluster. They are written to the
// state directory, from which the supervisor and process 1 read them.
type Options struct {
	Name           string            `json:"name"`
	Dir            Dir               `json:"dir"`
	Tier           Tier              `json:"tier"`
	Port           int               `json:"port"`                     // on the machine's 127.0.0.1, and of the API server inside
	NodesFile      string            `json:"nodesFile,omitempty"`      // fake nodes; empty for none
	Images         []string          `json:"images,omitempty"`         // OCI tars to import, full tier
	NodeLabels     map[string]string `json:"nodeLabels,omitempty"`     // set on the real node by the administrator
	NodeProviderID string            `json:"nodeProviderID,omitempty"` // the real node's spec.providerID
	EvictAfter     time.Duration     `json:"evictAfter"`               // how long pods stay on a lost node
}

func (o Options) write() error {
	return writeJSON(o.Dir.Options(), o)
}

func readOptions(dir Dir) (Options, error) {
	var o Options
	err := readJSON(dir.Options(), &o)
	return o, err
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o600)
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
