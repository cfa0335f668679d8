// The servers of a cluster, which other people wrote, as one program. Each is the
// upstream command as its own main package would run it, so that flags, logs and
// exit codes are the real ones; one program for all of them means that the
// packages they share are compiled and linked once. It is called by the name of a
// server, through a symlink.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containerd/containerd/v2/cmd/containerd/command"
	ctr "github.com/containerd/containerd/v2/cmd/ctr/app"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	_ "github.com/containerd/containerd/v2/cmd/containerd/builtins" // containerd's plugins register themselves
	_ "k8s.io/component-base/logs/json/register"                    // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo"           // client metrics
	_ "k8s.io/component-base/metrics/prometheus/version"            // build info metric
)

// server runs one of them with its full argument list (args[0] is its name) and
// returns the exit code.
type server func(args []string) int

// Kubernetes panics when two of its components share a process, so each is run
// as a process of its own.
var servers = map[string]server{
	"etcd":                    runEtcd,
	"kube-apiserver":          cobraServer(apiserver.NewAPIServerCommand),
	"kube-controller-manager": cobraServer(controllermanager.NewControllerManagerCommand),
	"kube-scheduler":          cobraServer(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kubelet":                 cobraServer(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
	"kube-proxy":              cobraServer(proxy.NewProxyCommand),
	"containerd":              runContainerd,
	"ctr":                     runCtr,
}

func main() {
	name := filepath.Base(os.Args[0])
	run, ok := servers[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "%s is none of the servers of a cluster: it is called through a symlink of the name of one\n", name)
		os.Exit(2)
	}
	os.Exit(run(os.Args))
}

// cobraServer wraps a Kubernetes server command as its main package does.
func cobraServer(newCommand func() *cobra.Command) server {
	return func(args []string) int {
		cmd := newCommand()
		cmd.SetArgs(args[1:])
		return cli.Run(cmd)
	}
}

func runEtcd(args []string) int {
	etcdmain.Main(args)
	return 0
}

func runContainerd(args []string) int {
	if err := command.App().Run(context.Background(), args); err != nil {
		fmt.Fprintln(os.Stderr, "containerd:", err)
		return 1
	}
	return 0
}

func runCtr(args []string) int {
	if err := ctr.New().Run(context.Background(), args); err != nil {
		fmt.Fprintln(os.Stderr, "ctr:", err)
		return 1
	}
	return 0
}
