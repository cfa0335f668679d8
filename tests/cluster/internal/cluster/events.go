package cluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// event is one line of progress, from the cluster's processes to the up that
// waits for them.
type event struct {
	Elapsed time.Duration `json:"elapsed"`
	Message string        `json:"message"`
	Ready   bool          `json:"ready,omitempty"`
	Failed  bool          `json:"failed,omitempty"`
}

// reporter writes events. Nobody may be reading: up leaves once all is ready.
type reporter struct {
	to    *os.File
	start time.Time
}

func (r *reporter) send(e event) {
	e.Elapsed = time.Since(r.start)
	line, err := json.Marshal(e)
	if err != nil {
		return
	}
	r.to.Write(append(line, '\n'))
}

func (r *reporter) step(format string, args ...any) {
	r.send(event{Message: fmt.Sprintf(format, args...)})
}

func (r *reporter) ready() { r.send(event{Message: "ready", Ready: true}) }

func (r *reporter) fail(err error) { r.send(event{Message: err.Error(), Failed: true}) }

// maxEventBytes bounds one event: an error may carry the end of a log.
const maxEventBytes = 1 << 20

// follow prints the events until the cluster is ready or has failed.
func follow(from io.Reader, to io.Writer) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxEventBytes)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("event %q: %w", lines.Text(), err)
		}
		if e.Failed {
			return errors.New(e.Message)
		}
		fmt.Fprintf(to, "%6.1f s  %s\n", e.Elapsed.Seconds(), e.Message)
		if e.Ready {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return errors.New("the cluster ended before it was ready")
}
