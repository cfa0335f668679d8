package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// stopTimeout is how long each step of the end may take; it takes well under a
// second.
const stopTimeout = 20 * time.Second

// Down ends a cluster and leaves no trace of it but its logs. It returns false
// when there was none running.
func Down(dir Dir, name string) (bool, error) {
	running, err := Running(dir)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if !running {
		return false, finish(ctx, dir, name)
	}
	var p pids
	if err := readJSON(dir.Pids(), &p); err != nil {
		return true, fmt.Errorf("cluster %q is just starting: try again in a moment (%w)", name, err)
	}
	if err := syscall.Kill(p.Supervisor, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return true, err
	}
	soft, cancelSoft := context.WithTimeout(ctx, stopTimeout/2)
	defer cancelSoft()
	released := func(context.Context) error {
		if running, err := Running(dir); err != nil || !running {
			return err
		}
		return errors.New("the supervisor still runs")
	}
	if err := poll(soft, released); err != nil {
		// Process 1 dies with its parent, and everything dies with process 1.
		syscall.Kill(p.Supervisor, syscall.SIGKILL)
		if err := poll(ctx, released); err != nil {
			return true, err
		}
	}
	return true, finish(ctx, dir, name)
}

// finish waits until process 1 is gone and removes what is left.
func finish(ctx context.Context, dir Dir, name string) error {
	var p pids
	if err := readJSON(dir.Pids(), &p); err == nil && p.Init > 0 {
		err := poll(ctx, func(context.Context) error {
			if !isInit(p.Init, dir) {
				return nil
			}
			return fmt.Errorf("process %d still runs", p.Init)
		})
		if err != nil {
			return err
		}
	}
	return clean(dir, name)
}

// isInit tells whether a process is the process 1 of this cluster: its id may
// have gone to another process since.
func isInit(pid int, dir Dir) bool {
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && string(cmdline) == initCmdline(dir)
}

// clean removes what a cluster leaves behind in the cgroup tree and in its state
// directory. Logs and the audit log stay until the next start, for reading.
func clean(dir Dir, name string) error {
	if err := removeCgroups(cgroupName(dir, name)); err != nil {
		return fmt.Errorf("remove the cluster's cgroups: %w", err)
	}
	for _, path := range []string{
		dir.Node(), dir.Private(), dir.PKI(""), dir.Config(""), dir.Kubeconfig(), dir.Options(), dir.Pids(),
		dir.APISocket(), dir.ControlSocket(), dir.ContainerdSocket(), dir.ContainerdSocket() + ".ttrpc",
	} {
		if err := os.RemoveAll(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// cleanLogs forgets the logs of the run before.
func cleanLogs(dir Dir) error {
	if err := os.RemoveAll(dir.Logs()); err != nil {
		return err
	}
	if err := os.Remove(dir.AuditLog()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
