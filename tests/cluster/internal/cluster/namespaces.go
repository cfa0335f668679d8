package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// privateNamespaces are the cluster's own. User and cgroup namespaces stay the
// machine's: the kubelet needs real root and the real cgroup tree.
const privateNamespaces = syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC

// hostSysctls are what the kubelet sets for the whole machine. It finds private
// files in their place that already hold what it wants, so it writes nothing,
// and if it did, the machine would not notice.
var hostSysctls = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// privateMounts gives process 1 its own view of the file system. Everything
// mounted here ends with the namespace.
func privateMounts(dir Dir) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	// runc's state, network namespaces, locks.
	for _, at := range []string{"/run", dir.Private()} {
		if err := unix.Mount("tmpfs", at, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755"); err != nil {
			return fmt.Errorf("mount a tmpfs on %s: %w", at, err)
		}
	}
	// Paths that cannot be configured: the CNI cache in /var/lib/cni, the
	// kubelet's links in /var/log/containers.
	for _, at := range []string{"/var/lib", "/var/log"} {
		if err := privateOverlay(dir, at); err != nil {
			return err
		}
	}
	return privateSysctls(dir)
}

// privateOverlay makes writes below a folder go to the private tmpfs.
func privateOverlay(dir Dir, at string) error {
	base := dir.Private("overlay", strings.ReplaceAll(strings.Trim(at, "/"), "/", "-"))
	upper, work := filepath.Join(base, "upper"), filepath.Join(base, "work")
	for _, folder := range []string{upper, work} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", at, upper, work)
	if err := unix.Mount("overlay", at, "overlay", 0, options); err != nil {
		return fmt.Errorf("mount an overlay on %s: %w", at, err)
	}
	return nil
}

func privateSysctls(dir Dir) error {
	for name, value := range hostSysctls {
		target := filepath.Join("/proc/sys", name)
		if _, err := os.Stat(target); err != nil {
			continue // this kernel has no such setting
		}
		file := dir.Private("sysctl", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := unix.Mount(file, target, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("put a private file in place of %s: %w", target, err)
		}
	}
	return nil
}
