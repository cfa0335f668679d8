// modelport-cluster owns a whole Kubernetes on this machine, for tests and
// demonstrations. It is the command line of internal/commands; what it runs lies
// beside it: the servers (one program, a symlink for each), kubectl and helm.
package main

import (
	_ "embed"
	"os"

	"modelport.dev/cluster/internal/commands"
)

// builtinNodes are the fake nodes that ship with the program.
//
//go:embed nodes.yaml
var builtinNodes []byte

func main() {
	os.Exit(commands.Run(os.Args[1:], builtinNodes))
}
