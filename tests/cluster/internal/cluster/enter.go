package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Exec runs a command inside a cluster's namespaces, in the present folder and
// with the given environment on top of the present one, and returns its exit
// code.
func Exec(dir Dir, args []string, env map[string]string) (int, error) {
	running, err := Running(dir)
	if err != nil {
		return 0, err
	}
	var p pids
	if !running || readJSON(dir.Pids(), &p) != nil {
		return 0, fmt.Errorf("no cluster runs in %s: start one with: modelport-cluster up", dir)
	}
	if err := setEnvironment(env); err != nil {
		return 0, err
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return 0, err
	}
	cwd, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	// The terminal sends its signals to the command as well; others are passed on.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)

	started := make(chan error, 1)
	exited := make(chan syscall.WaitStatus, 1)
	var pid int
	go func() {
		// This thread goes into the namespaces and never comes back; the child
		// inherits them. (A death signal cannot be asked for: a child in another
		// process namespace sees no parent, and Go takes that for a dead one.)
		runtime.LockOSThread()
		if err := enter(p.Init); err != nil {
			started <- err
			return
		}
		var err error
		pid, err = syscall.ForkExec(path, args, &syscall.ProcAttr{
			Dir:   cwd,
			Env:   os.Environ(),
			Files: []uintptr{0, 1, 2},
		})
		started <- err
		if err != nil {
			return
		}
		var status syscall.WaitStatus
		for {
			_, err := syscall.Wait4(pid, &status, 0, nil)
			if !errors.Is(err, syscall.EINTR) {
				break
			}
		}
		exited <- status
	}()
	if err := <-started; err != nil {
		return 0, fmt.Errorf("%s: %w", args[0], err)
	}
	for {
		select {
		case s := <-signals:
			if s != syscall.SIGINT && s != syscall.SIGQUIT {
				syscall.Kill(pid, s.(syscall.Signal))
			}
		case status := <-exited:
			if status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return status.ExitStatus(), nil
		}
	}
}

// enter moves the present thread into the namespaces of a process.
func enter(pid int) error {
	// A thread that shares its root and folder with others may not change its
	// mount namespace.
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	// The mount namespace last: it hides the machine's /proc.
	for _, ns := range []struct {
		name string
		kind int
	}{{"net", unix.CLONE_NEWNET}, {"pid", unix.CLONE_NEWPID}, {"uts", unix.CLONE_NEWUTS}, {"ipc", unix.CLONE_NEWIPC}, {"mnt", unix.CLONE_NEWNS}} {
		f, err := os.Open(fmt.Sprintf("/proc/%d/ns/%s", pid, ns.name))
		if err != nil {
			return err
		}
		err = unix.Setns(int(f.Fd()), ns.kind)
		f.Close()
		if err != nil {
			return fmt.Errorf("enter the cluster's %s namespace: %w", ns.name, err)
		}
	}
	return nil
}
