// Package imagecommands is what writes and pushes images, for the command line of
// modelport-cluster and for that of modelport-image.
package imagecommands

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"modelport.dev/cluster/internal/image"
)

// Build is the command that writes an image, under this program's name.
func Build(program string) *cobra.Command {
	var s image.Spec
	var out string
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Write an OCI image as a tar, without any container engine",
		Example: `  ` + program + ` build --from rootfs --name local.test/app:1 \
      --entrypoint /usr/bin/app --user 65532:65532 -o app.tar`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !strings.Contains(s.Name, ":") {
				return fmt.Errorf("--name %q: give a name with a tag, as in local.test/app:1", s.Name)
			}
			return image.Build(s, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.Name, "name", "", "name and tag of the image")
	f.StringArrayVar(&s.Folders, "from", nil, "folder to make a layer of; may be repeated")
	f.StringArrayVar(&s.Tars, "rootfs", nil, "tar to take as a layer; may be repeated")
	f.StringArrayVar(&s.Entrypoint, "entrypoint", nil, "entrypoint, one word each time")
	f.StringArrayVar(&s.Cmd, "cmd", nil, "default argument, one word each time")
	f.StringArrayVar(&s.Env, "env", []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, "NAME=VALUE; may be repeated")
	f.StringVar(&s.User, "user", "", "user and group, as numbers")
	f.StringVar(&s.WorkDir, "workdir", "", "working directory")
	f.StringToStringVar(&s.Labels, "label", nil, "label of the image; may be repeated")
	f.BoolVar(&s.Gzip, "gzip", false, "compress the layers, for a registry")
	f.StringVarP(&out, "output", "o", "", "file to write")
	cmd.MarkFlagRequired("name")
	cmd.MarkFlagRequired("output")
	return cmd
}

// Push is the command that sends one to a registry, under this program's name.
func Push(program string) *cobra.Command {
	return &cobra.Command{
		Use:     "push TAR REFERENCE",
		Short:   "Push the image of an OCI tar to a registry, with the credentials of `docker login`",
		Example: "  " + program + " push app.tar registry.example.com/team/app:1",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			digest, err := image.Push(args[0], args[1])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), digest)
			return nil
		},
	}
}
