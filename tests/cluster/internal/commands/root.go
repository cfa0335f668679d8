// Package commands is the command line of modelport-cluster: one file a group
// of subcommands, each thin over the package that does the work.
package commands

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"modelport.dev/cluster/internal/cluster"
)

// exitCode ends the program with the code of a command that ran inside.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// notRunning is the exit code of status when there is no cluster.
const notRunning exitCode = 3

// Run parses the arguments and runs the subcommand. builtinNodes is the file of
// fake nodes that is compiled in.
func Run(args []string, builtinNodes []byte) int {
	root := newRoot(builtinNodes)
	root.SetArgs(args)
	err := root.Execute()
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "modelport-cluster:", err)
	return 1
}

func newRoot(builtinNodes []byte) *cobra.Command {
	root := &cobra.Command{
		Use:   "modelport-cluster",
		Short: "A whole Kubernetes on this machine, without any container engine",
		Long: `modelport-cluster runs a real Kubernetes for tests and demonstrations, in private
namespaces of this machine: it can reach no network, and ending one process ends
all of it without a trace.

Beside it lie kubectl, helm, ctr and every Kubernetes component.`,
		Example: `  modelport-cluster up --tier full --nodes builtin
  eval "$(modelport-cluster env)"; kubectl get nodes
  modelport-cluster exec -- curl -sk https://10.96.0.1/version
  modelport-cluster down`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	at := &location{}
	root.PersistentFlags().StringVar(&at.name, "name", "default", "name of the cluster; clusters of different names run side by side")
	root.PersistentFlags().StringVar(&at.dir, "dir", "", "state directory (default: run/NAME in MODELPORT_CACHE, which is ~/.cache/modelport when unset)")
	root.AddCommand(
		upCommand(at), downCommand(at), statusCommand(at), execCommand(at), envCommand(at),
		imageCommand(at), componentCommand(at), fakeCommand(at),
		fakeNodesCommand(builtinNodes), registryCommand(at), dnsCommand(), superviseCommand(at), initCommand(at),
	)
	return root
}

// location is which cluster a command is about.
type location struct{ name, dir string }

func (l *location) open() (cluster.Dir, error) {
	return cluster.OpenDir(l.name, l.dir)
}
