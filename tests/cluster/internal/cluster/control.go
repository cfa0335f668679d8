package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// componentTimeout bounds a stop or start on request.
const componentTimeout = time.Minute

// serveControl answers on the control socket: what runs, and stopping and
// starting one component, for tests of faults.
func serveControl(dir Dir, k *keeper) error {
	l, err := net.Listen("unix", dir.ControlSocket())
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /components", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(k.status())
	})
	mux.HandleFunc("POST /components/{name}/{verb}", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), componentTimeout)
		defer cancel()
		var err error
		switch verb := r.PathValue("verb"); verb {
		case "stop":
			err = k.stop(r.PathValue("name"))
		case "start":
			err = k.start(ctx, r.PathValue("name"))
		default:
			err = fmt.Errorf("%q: use stop or start", verb)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	go http.Serve(l, mux)
	return nil
}

// control asks the control socket.
func control(dir Dir, method, path string, into any) error {
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", dir.ControlSocket())
		},
	}}
	req, err := http.NewRequest(method, "http://cluster"+path, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
		return errors.New(string(message))
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// Component stops or starts one component of a running cluster.
func Component(dir Dir, verb, name string) error {
	return control(dir, http.MethodPost, "/components/"+name+"/"+verb, nil)
}
