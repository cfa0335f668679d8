package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// restartPause keeps a component that cannot run from using a whole core.
const restartPause = time.Second

// program is how one component is run and how it is known to be ready.
type program struct {
	name  string
	args  []string
	ready func(context.Context) error
}

// ComponentStatus is what status shows of one component.
type ComponentStatus struct {
	Name     string `json:"name"`
	State    string `json:"state"` // Starting, Running, Stopped or Restarting
	PID      int    `json:"pid,omitempty"`
	Restarts int    `json:"restarts"`
}

// keeper runs the components: a component that ends by itself once it has been
// ready is started again, as an init system would; before, its end fails the
// start of the cluster.
type keeper struct {
	reaper *reaper
	dir    Dir
	bin    string // folder of the programs

	mu    sync.Mutex
	procs map[string]*process
}

type process struct {
	program
	pid      int
	wasReady bool // a component that was not is not started again
	stopped  bool // on request
	restarts int
	ended    chan struct{} // closed when the present pid has ended
	exit     syscall.WaitStatus
}

func newKeeper(dir Dir, bin string) *keeper {
	return &keeper{reaper: newReaper(), dir: dir, bin: bin, procs: map[string]*process{}}
}

// run starts a component and waits until it is ready.
func (k *keeper) run(ctx context.Context, p program) error {
	if err := k.launch(p); err != nil {
		return err
	}
	return k.await(ctx, p.name)
}

// launch starts a component without waiting.
func (k *keeper) launch(p program) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	proc := &process{program: p}
	if err := k.startLocked(proc); err != nil {
		return err
	}
	k.procs[p.name] = proc
	return nil
}

func (k *keeper) startLocked(proc *process) error {
	log, err := os.OpenFile(k.dir.Log(proc.name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	path := filepath.Join(k.bin, proc.args[0])
	pid, done, err := k.reaper.start(path, proc.args, os.Environ(), log)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	proc.pid, proc.ended, proc.stopped = pid, ended, false
	go func() {
		status := <-done
		k.mu.Lock()
		proc.exit, proc.pid = status, 0
		restart := proc.wasReady && !proc.stopped
		close(ended)
		k.mu.Unlock()
		if restart {
			time.Sleep(restartPause)
			k.restart(proc)
		}
	}()
	return nil
}

// restart starts a component again, unless somebody stopped or started it.
func (k *keeper) restart(proc *process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if proc.stopped || proc.pid != 0 {
		return
	}
	proc.restarts++
	if err := k.startLocked(proc); err != nil {
		fmt.Fprintf(os.Stderr, "restart %s: %v\n", proc.name, err)
	}
}

// await waits for a launched component to be ready, or fails with the end of
// its log when it ends before.
func (k *keeper) await(ctx context.Context, name string) error {
	k.mu.Lock()
	proc := k.procs[name]
	ended := proc.ended
	k.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := poll(ctx, proc.ready); err != nil {
		select {
		case <-ended:
			err = fmt.Errorf("it ended by itself (%s)", describeExit(proc.exit))
		default:
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("not ready in time: %w", err)
			}
		}
		return fmt.Errorf("%s: %w\n%s", name, err, logTail(k.dir.Log(name)))
	}
	k.mu.Lock()
	proc.wasReady = true
	k.mu.Unlock()
	return nil
}

// once runs a short program to its end.
func (k *keeper) once(ctx context.Context, args []string) error {
	log, err := os.OpenFile(k.dir.Log(args[0]), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	_, done, err := k.reaper.start(filepath.Join(k.bin, args[0]), args, os.Environ(), log)
	if err != nil {
		return err
	}
	select {
	case status := <-done:
		if !status.Exited() || status.ExitStatus() != 0 {
			return fmt.Errorf("%s: %s\n%s", strings.Join(args, " "), describeExit(status), logTail(log.Name()))
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop kills a component and leaves it stopped.
func (k *keeper) stop(name string) error {
	k.mu.Lock()
	proc, ok := k.procs[name]
	if !ok {
		k.mu.Unlock()
		return fmt.Errorf("no component %q: there are %s", name, strings.Join(k.names(), ", "))
	}
	proc.stopped = true
	pid, ended := proc.pid, proc.ended
	k.mu.Unlock()
	if pid == 0 {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	<-ended
	return nil
}

// start starts a stopped component and waits until it is ready.
func (k *keeper) start(ctx context.Context, name string) error {
	k.mu.Lock()
	proc, ok := k.procs[name]
	if !ok {
		k.mu.Unlock()
		return fmt.Errorf("no component %q: there are %s", name, strings.Join(k.names(), ", "))
	}
	if proc.pid == 0 {
		if err := k.startLocked(proc); err != nil {
			k.mu.Unlock()
			return err
		}
	}
	k.mu.Unlock()
	return k.await(ctx, name)
}

func (k *keeper) names() []string {
	var names []string
	for name := range k.procs {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (k *keeper) status() []ComponentStatus {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []ComponentStatus
	for _, name := range k.names() {
		proc := k.procs[name]
		s := ComponentStatus{Name: name, PID: proc.pid, Restarts: proc.restarts}
		switch {
		case proc.stopped:
			s.State = "Stopped"
		case proc.pid == 0:
			s.State = "Restarting"
		case proc.wasReady:
			s.State = "Running"
		default:
			s.State = "Starting"
		}
		all = append(all, s)
	}
	return all
}

func describeExit(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "signal " + status.Signal().String()
	}
	return fmt.Sprintf("exit code %d", status.ExitStatus())
}

// maxTailBytes is how much of a log an error message shows.
const maxTailBytes = 2000

func logTail(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	whole := len(data)
	if whole > maxTailBytes {
		data = data[whole-maxTailBytes:]
	}
	return fmt.Sprintf("The end of %s:\n%s", path, data)
}
