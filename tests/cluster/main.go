// modelport-cluster owns a whole Kubernetes on this machine, for tests and
// demonstrations. It is one program for all of it: called by the name of a
// component (through a symlink, or as the first argument) it is that component,
// otherwise it is the command line of internal/commands.
package main

import (
	_ "embed"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"modelport.dev/cluster/internal/commands"
)

// builtinNodes are the fake nodes that ship with the program.
//
//go:embed nodes.yaml
var builtinNodes []byte

func main() {
	if run, ok := components[filepath.Base(os.Args[0])]; ok {
		os.Exit(run(os.Args))
	}
	if len(os.Args) > 1 {
		if run, ok := components[os.Args[1]]; ok {
			os.Exit(run(os.Args[1:]))
		}
	}
	os.Exit(commands.Run(os.Args[1:], builtinNodes, slices.Sorted(maps.Keys(components))))
}
