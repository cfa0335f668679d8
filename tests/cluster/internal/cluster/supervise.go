package cluster

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// initArgs are the arguments of process 1.
func initArgs(dir Dir) []string {
	return []string{"modelport-cluster", "init", "--dir", string(dir)}
}

// initCmdline is how the kernel shows them.
func initCmdline(dir Dir) string {
	return strings.Join(initArgs(dir), "\x00") + "\x00"
}

// Supervise is the one process that owns a cluster. It stays in the machine's
// network namespace, where it listens for clients, and holds process 1 of the
// cluster as its only child: the kernel kills that child when this process
// ends, in whichever way, and with process 1 the whole namespace.
func Supervise(dir Dir) error {
	for _, fd := range []int{fdEvents, fdLock, fdListener} {
		unix.CloseOnExec(fd)
	}
	events := &reporter{to: os.NewFile(fdEvents, "events"), start: time.Now()}
	lock := os.NewFile(fdLock, "lock")
	err := supervise(dir, events)
	if err != nil {
		events.fail(err)
	}
	runtime.KeepAlive(lock)
	return err
}

func supervise(dir Dir, events *reporter) error {
	o, err := readOptions(dir)
	if err != nil {
		return err
	}
	listener, err := net.FileListener(os.NewFile(fdListener, "listener"))
	if err != nil {
		return fmt.Errorf("inherited listener: %w", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)

	// The death signal of a child is tied to the thread that started it.
	runtime.LockOSThread()
	child, err := startInit(dir, events.to)
	if err != nil {
		return err
	}
	defer func() {
		child.Process.Kill()
		child.Wait()
	}()
	if err := writeJSON(dir.Pids(), pids{Supervisor: os.Getpid(), Init: child.Process.Pid}); err != nil {
		return err
	}
	go forward(listener, func() (net.Conn, error) { return net.Dial("unix", dir.APISocket()) })

	ended := make(chan error, 1)
	go func() {
		_, err := child.Process.Wait()
		ended <- err
	}()
	select {
	case <-stop:
		// Nothing in a test cluster is worth a slow end.
		child.Process.Kill()
		<-ended
		return removeCgroups(cgroupName(dir, o.Name))
	case <-ended:
		err := errors.New("the cluster's process 1 has ended: see " + dir.Log("supervisor"))
		return errors.Join(err, removeCgroups(cgroupName(dir, o.Name)))
	}
}

// startInit runs this program again as process 1 of new namespaces.
func startInit(dir Dir, events *os.File) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{
		Path:       self,
		Args:       initArgs(dir),
		Dir:        "/",
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		ExtraFiles: []*os.File{events}, // fdEvents there too
		SysProcAttr: &syscall.SysProcAttr{
			Cloneflags: privateNamespaces,
			Pdeathsig:  syscall.SIGKILL,
			Setsid:     true,
		},
	}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, syscall.EPERM) {
			return nil, fmt.Errorf("new namespaces: %w: this needs root with CAP_SYS_ADMIN, which containers often lack", err)
		}
		return nil, err
	}
	return cmd, nil
}
