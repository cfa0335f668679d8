// Package cluster owns a whole Kubernetes on this machine: one supervising
// process in the machine's own namespaces, one process 1 in private ones, and
// every component a child of that. Ending the first ends all of them.
//
// up.go starts it, supervise.go is the outer process, inner.go the process 1
// inside, down.go ends it; one file a component says how that is run.
package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// CacheDir is where build products and running clusters live, outside any
// source tree. MODELPORT_CACHE overrides it.
func CacheDir() (string, error) {
	if dir := os.Getenv("MODELPORT_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the cache: set MODELPORT_CACHE (%w)", err)
	}
	return filepath.Join(home, ".cache", "modelport"), nil
}

var nameForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// maxSocketPathBytes is what the kernel takes for the path of a Unix socket.
const maxSocketPathBytes = 107

// Dir is the state directory of one cluster. All paths below it are methods, so
// that no two files disagree about where something lies.
type Dir string

// OpenDir names the state directory of a cluster: dir when it is given, else
// the cache folder's run/NAME.
func OpenDir(name, dir string) (Dir, error) {
	if !nameForm.MatchString(name) {
		return "", fmt.Errorf("cluster name %q: use up to 32 of a-z, 0-9 and -, with a letter or digit at both ends", name)
	}
	if dir == "" {
		cache, err := CacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "run", name)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	// /run, /var/lib and /var/log are private inside the cluster, so state there
	// would be seen by one side only.
	for _, hidden := range []string{"/run", "/var/run", "/var/lib", "/var/log", "/proc", "/sys"} {
		if dir == hidden || strings.HasPrefix(dir, hidden+"/") {
			return "", fmt.Errorf("the state directory %s lies below %s, which the cluster hides from its processes: choose another with --dir or MODELPORT_CACHE", dir, hidden)
		}
	}
	d := Dir(dir)
	if long := d.ContainerdSocket() + ".ttrpc"; len(long) > maxSocketPathBytes {
		return "", fmt.Errorf("the state directory %s is too long for a Unix socket (%d bytes for %s, the kernel takes %d): choose a shorter one with --dir or MODELPORT_CACHE", dir, len(long), long, maxSocketPathBytes)
	}
	return d, nil
}

func (d Dir) join(elem ...string) string {
	return filepath.Join(append([]string{string(d)}, elem...)...)
}

// Lock is held by the supervisor for as long as the cluster lives.
func (d Dir) Lock() string { return d.join("lock") }

// Pids holds the supervisor's and process 1's ids, for down.
func (d Dir) Pids() string { return d.join("pids.json") }

// Options is what the cluster was started with.
func (d Dir) Options() string { return d.join("options.json") }

// Kubeconfig is the administrator's, usable from the machine and from inside.
func (d Dir) Kubeconfig() string { return d.join("kubeconfig") }

// AuditLog is the API server's audit log.
func (d Dir) AuditLog() string { return d.join("audit.log") }

// Logs has one file a component.
func (d Dir) Logs() string { return d.join("logs") }

// Log is the log of one component.
func (d Dir) Log(component string) string { return d.join("logs", component+".log") }

// PKI holds certificates, keys and the components' kubeconfigs.
func (d Dir) PKI(file string) string { return d.join("pki", file) }

// Config holds generated configuration files.
func (d Dir) Config(file string) string { return d.join("config", file) }

// Node is the real node's data: containerd's and kubelet's.
func (d Dir) Node(elem ...string) string { return d.join(append([]string{"node"}, elem...)...) }

// Private is a mount point for a tmpfs that only the cluster's processes see.
func (d Dir) Private(elem ...string) string { return d.join(append([]string{"private"}, elem...)...) }

// APISocket carries API traffic from the machine into the cluster.
func (d Dir) APISocket() string { return d.join("api.sock") }

// ControlSocket answers status and stops and starts components.
func (d Dir) ControlSocket() string { return d.join("control.sock") }

// ContainerdSocket is containerd's own.
func (d Dir) ContainerdSocket() string { return d.join("containerd.sock") }
