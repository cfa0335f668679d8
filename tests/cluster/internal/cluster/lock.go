package cluster

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// pids are the two processes that down must see gone.
type pids struct {
	Supervisor int `json:"supervisor"`
	Init       int `json:"init"` // process 1 of the cluster, by its id on the machine
}

// ErrRunning says that somebody holds the cluster's lock.
var ErrRunning = errors.New("running")

// takeLock locks the state directory, or returns ErrRunning. The kernel drops
// the lock with the last process that holds the file, so a killed cluster
// leaves no stale lock behind.
func takeLock(dir Dir) (*os.File, error) {
	f, err := os.OpenFile(dir.Lock(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrRunning
		}
		return nil, fmt.Errorf("lock %s: %w", dir.Lock(), err)
	}
	return f, nil
}

// Running tells whether the cluster's lock is held.
func Running(dir Dir) (bool, error) {
	if _, err := os.Stat(dir.Lock()); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	f, err := takeLock(dir)
	if errors.Is(err, ErrRunning) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, f.Close()
}
