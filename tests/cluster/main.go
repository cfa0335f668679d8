package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	name := filepath.Base(os.Args[0])
	if run, ok := components[name]; ok {
		os.Exit(run(os.Args))
	}
	if len(os.Args) > 1 {
		if run, ok := components[os.Args[1]]; ok {
			os.Exit(run(os.Args[1:]))
		}
	}
	fmt.Fprintln(os.Stderr, "usage")
	os.Exit(2)
}
