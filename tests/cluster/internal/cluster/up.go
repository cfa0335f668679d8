package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Files that the supervisor inherits from up, by descriptor.
const (
	fdEvents   = 3
	fdLock     = 4
	fdListener = 5
)

// UpOptions are Options and how up itself behaves.
type UpOptions struct {
	Options
	Foreground bool
	Progress   io.Writer
}

// Up starts a cluster and returns when everything in it is ready, leaving one
// supervising process in a session of its own. In the foreground it stays until
// it is interrupted, and then ends the cluster.
func Up(o UpOptions) error {
	start := time.Now()
	if os.Geteuid() != 0 {
		return errors.New("a cluster needs root, for its namespaces: run this as root")
	}
	// What the caller left open (a pipe of a test runner, of make) must not stay
	// open in the background: its reader would wait for as long as the cluster lives.
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return err
	}
	if err := os.MkdirAll(string(o.Dir), 0o755); err != nil {
		return err
	}
	lock, err := takeLock(o.Dir)
	if errors.Is(err, ErrRunning) {
		return alreadyRunning(o.Options)
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := clean(o.Dir, o.Name); err != nil {
		return err
	}
	if err := cleanLogs(o.Dir); err != nil {
		return err
	}
	listener, err := listenHost(&o.Options)
	if err != nil {
		return err
	}
	defer listener.Close()
	if err := prepare(o.Options, start); err != nil {
		return err
	}

	events, eventsOut, err := os.Pipe()
	if err != nil {
		return err
	}
	defer events.Close()
	supervisor, err := startSupervisor(o, []*os.File{eventsOut, lock, listener})
	eventsOut.Close()
	if err != nil {
		return err
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() { ended <- follow(events, o.Progress) }()
	select {
	case err = <-ended:
	case s := <-interrupted:
		err = fmt.Errorf("interrupted (%s)", s)
	}
	lock.Close() // the supervisor alone holds it now
	if err != nil {
		return errors.Join(err, stopSupervisor(o.Dir, o.Name, supervisor))
	}
	if o.Foreground {
		<-interrupted
		return stopSupervisor(o.Dir, o.Name, supervisor)
	}
	return supervisor.Process.Release()
}

// alreadyRunning says which cluster is in the way and what to type.
func alreadyRunning(o Options) error {
	running, err := readOptions(o.Dir)
	if err != nil {
		return fmt.Errorf("cluster %q is starting or running already: wait, or end it with: modelport-cluster down --name %s", o.Name, o.Name)
	}
	return fmt.Errorf("cluster %q is running already (tier %s, %s): use it with: modelport-cluster exec --name %s -- kubectl get nodes\nor end it with: modelport-cluster down --name %s\nor start a second one beside it with another --name", o.Name, running.Tier, o.Dir, o.Name, o.Name)
}

// listenHost takes the port on the machine's loopback address before anything
// is written, so that no other program can take it in between.
func listenHost(o *Options) (*os.File, error) {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", o.Port))
	if err != nil {
		return nil, fmt.Errorf("port %d: %w: choose another with --port, or leave it out", o.Port, err)
	}
	defer l.Close()
	tcp := l.(*net.TCPListener)
	o.Port = tcp.Addr().(*net.TCPAddr).Port
	return tcp.File()
}

// prepare writes everything that the processes read.
func prepare(o Options, now time.Time) error {
	for _, folder := range []string{o.Dir.Logs(), o.Dir.PKI(""), o.Dir.Config(""), o.Dir.Node(staticPods), o.Dir.Private()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if _, err := writeCertificates(o.Dir, now); err != nil {
		return err
	}
	if err := writeKubeconfigs(o); err != nil {
		return err
	}
	if err := writeConfig(o.Dir.Config("audit.yaml"), auditPolicy()); err != nil {
		return err
	}
	return o.write()
}

// startSupervisor runs this program again as the supervisor.
func startSupervisor(o UpOptions, files []*os.File) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(o.Dir.Log("supervisor"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(self, "supervise", "--dir", string(o.Dir))
	cmd.Args[0] = "modelport-cluster"
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = files
	// Its own session: closing the terminal does not end the cluster.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return cmd, nil
}

// stopSupervisor ends a cluster that this process started.
func stopSupervisor(dir Dir, name string, supervisor *exec.Cmd) error {
	supervisor.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(stopTimeout, func() { supervisor.Process.Kill() })
	defer timer.Stop()
	supervisor.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	return finish(ctx, dir, name)
}

// BinDir is the folder of this program, where its siblings lie.
func BinDir() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	self, err = filepath.EvalSymlinks(self)
	if err != nil {
		return "", err
	}
	return filepath.Dir(self), nil
}
