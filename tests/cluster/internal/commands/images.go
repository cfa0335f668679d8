package commands

import (
	"github.com/spf13/cobra"

	"modelport.dev/cluster/internal/cluster"
	"modelport.dev/cluster/internal/imagecommands"
)

func imageCommand(at *location) *cobra.Command {
	cmd := &cobra.Command{Use: "image", Short: "Build OCI images, import them on the real node, push them to a registry"}
	cmd.AddCommand(imageImportCommand(at), imagecommands.Build("modelport-cluster image"), imagecommands.Push("modelport-cluster image"))
	return cmd
}

func imageImportCommand(at *location) *cobra.Command {
	return &cobra.Command{
		Use:     "import TAR...",
		Short:   "Import OCI tars on the real node of a running cluster",
		Example: "  modelport-cluster image import app.tar",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := at.open()
			if err != nil {
				return err
			}
			bin, err := cluster.BinDir()
			if err != nil {
				return err
			}
			tars := make([]string, len(args))
			for i, arg := range args {
				if tars[i], err = existing(arg); err != nil {
					return err
				}
			}
			return cluster.ImportImages(dir, bin, tars)
		},
	}
}
