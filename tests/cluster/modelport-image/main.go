// modelport-image writes an OCI image and pushes it: the part of modelport-cluster
// that needs no Kubernetes, so that who wants the image alone builds that alone.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"modelport.dev/cluster/internal/imagecommands"
)

func main() {
	root := &cobra.Command{
		Use:           "modelport-image",
		Short:         "OCI images without any container engine",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(imagecommands.Build("modelport-image"), imagecommands.Push("modelport-image"))
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "modelport-image:", err)
		os.Exit(1)
	}
}
