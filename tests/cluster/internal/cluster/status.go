package cluster

import (
	"fmt"
	"net/http"
)

// Status is what a person wants to know about a cluster.
type Status struct {
	Running    bool              `json:"running"`
	Tier       Tier              `json:"tier,omitempty"`
	Server     string            `json:"server,omitempty"`
	Kubeconfig string            `json:"kubeconfig,omitempty"`
	Supervisor int               `json:"supervisor,omitempty"`
	Logs       string            `json:"logs"`
	Components []ComponentStatus `json:"components,omitempty"`
}

// GetStatus asks a cluster how it is.
func GetStatus(dir Dir) (Status, error) {
	s := Status{Logs: dir.Logs()}
	running, err := Running(dir)
	if err != nil || !running {
		return s, err
	}
	s.Running = true
	o, err := readOptions(dir)
	if err != nil {
		return s, err
	}
	var p pids
	if err := readJSON(dir.Pids(), &p); err != nil {
		return s, err
	}
	s.Tier, s.Supervisor, s.Kubeconfig = o.Tier, p.Supervisor, dir.Kubeconfig()
	s.Server = fmt.Sprintf("https://127.0.0.1:%d", o.Port)
	err = control(dir, http.MethodGet, "/components", &s.Components)
	return s, err
}
