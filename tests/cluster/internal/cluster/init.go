package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// startTimeout bounds the whole start: a cold, busy machine takes a minute.
const startTimeout = 5 * time.Minute

// Init is process 1 of the cluster's namespaces. It sets them up, starts the
// components of the tier in their order, and then keeps them running and
// collects dead processes until it is killed.
func Init(dir Dir) error {
	unix.CloseOnExec(fdEvents)
	events := &reporter{to: os.NewFile(fdEvents, "events"), start: time.Now()}
	if err := bringUp(dir, events); err != nil {
		events.fail(err)
		return err
	}
	events.ready()
	events.to.Close()
	select {}
}

func bringUp(dir Dir, events *reporter) error {
	o, err := readOptions(dir)
	if err != nil {
		return err
	}
	bin, err := BinDir()
	if err != nil {
		return err
	}
	if err := privateMounts(dir); err != nil {
		return err
	}
	if err := unix.Sethostname([]byte(nodeName)); err != nil {
		return err
	}
	if err := privateNetwork(); err != nil {
		return err
	}
	if err := setEnvironment(Environment(dir, bin)); err != nil {
		return err
	}
	events.step("private namespaces, certificates and network")

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	k := newKeeper(dir, bin)
	if err := serveControl(dir, k); err != nil {
		return err
	}
	api, err := net.Listen("unix", dir.APISocket())
	if err != nil {
		return err
	}
	go forward(api, func() (net.Conn, error) { return net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", o.Port)) })
	return startTier(ctx, o, k, bin, events)
}

// Environment is what a program needs in order to use the cluster.
func Environment(dir Dir, bin string) map[string]string {
	return map[string]string{
		"KUBECONFIG": dir.Kubeconfig(),
		"PATH":       bin + ":" + os.Getenv("PATH"),
	}
}

// proxyVariables would send what goes to a webhook or a service to a proxy that
// cannot be reached from inside.
var proxyVariables = []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"}

// setEnvironment prepares the environment that programs inside inherit.
func setEnvironment(env map[string]string) error {
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	for _, name := range proxyVariables {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	return nil
}
