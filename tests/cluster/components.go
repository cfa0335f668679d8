// The programs of other people that this one carries. Each is the upstream
// command as its own main package would run it, so that flags, logs and exit
// codes are the real ones. One program for all of them means that the packages
// they share are compiled and linked once.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/containerd/containerd/v2/cmd/containerd/command"
	ctr "github.com/containerd/containerd/v2/cmd/ctr/app"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	helm "helm.sh/helm/v4/pkg/cmd"
	helmkube "helm.sh/helm/v4/pkg/kube"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	_ "github.com/containerd/containerd/v2/cmd/containerd/builtins" // containerd's plugins register themselves
	_ "k8s.io/client-go/plugin/pkg/client/auth"                     // as upstream helm does
	_ "k8s.io/component-base/logs/json/register"                    // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo"           // client metrics
	_ "k8s.io/component-base/metrics/prometheus/version"            // build info metric
)

// component runs one carried program with its full argument list (args[0] is
// its name) and returns the exit code.
type component func(args []string) int

// components are reached by a symlink of that name, or as the first argument.
// Kubernetes panics when two of its components share a process, so each is run
// as a process of its own.
var components = map[string]component{
	"etcd":                    runEtcd,
	"kube-apiserver":          cobraComponent(apiserver.NewAPIServerCommand),
	"kube-controller-manager": cobraComponent(controllermanager.NewControllerManagerCommand),
	"kube-scheduler":          cobraComponent(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kubelet":                 cobraComponent(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
	"kube-proxy":              cobraComponent(proxy.NewProxyCommand),
	"kubectl":                 runKubectl,
	"containerd":              runContainerd,
	"ctr":                     runCtr,
	"helm":                    runHelm,
}

// cobraComponent wraps a Kubernetes server command as its main package does.
func cobraComponent(newCommand func() *cobra.Command) component {
	return func(args []string) int {
		cmd := newCommand()
		cmd.SetArgs(args[1:])
		return cli.Run(cmd)
	}
}

// runKubectl sets os.Args first: kubectl finds its plugins and verbosity there.
func runKubectl(args []string) int {
	os.Args = args
	logs.GlogSetter(kubectl.GetLogVerbosity(args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err) // prints and exits as kubectl does
		return 1
	}
	return 0
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

func runHelm(args []string) int {
	os.Args = args
	helmkube.ManagedFieldsManager = "helm"
	cmd, err := helm.NewRootCmd(os.Stdout, args[1:], helm.SetupLogging)
	if err != nil {
		slog.Warn("command failed", slog.Any("error", err))
		return 1
	}
	if err := cmd.Execute(); err != nil {
		if coded, ok := errors.AsType[helm.CommandError](err); ok {
			return coded.ExitCode
		}
		return 1
	}
	return 0
}
