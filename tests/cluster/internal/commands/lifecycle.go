package commands

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"modelport.dev/cluster/internal/cluster"
)

// builtin names the file of fake nodes that is compiled in.
const builtin = "builtin"

func upCommand(at *location) *cobra.Command {
	var tier string
	o := cluster.UpOptions{Progress: os.Stdout}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start a cluster, and return when all of it is ready",
		Long: `Start a cluster, and return when all of it is ready.

Tiers:
  api   etcd and kube-apiserver
  fake  and kube-controller-manager, kube-scheduler, fake nodes; a fake node1
        takes the pods that ask for no GPU
  full  and one real node: containerd, kubelet, kube-proxy, DNS (fake nodes with --nodes)`,
		Example: `  modelport-cluster up --tier api
  modelport-cluster up --tier fake --nodes my-nodes.yaml
  modelport-cluster up --tier full --nodes builtin --image app.tar \
      --node-label topology.kubernetes.io/region=cn-hangzhou --node-provider-id cn-hangzhou.i-local`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Tier, err = cluster.ParseTier(tier); err != nil {
				return err
			}
			if o.Dir, err = at.open(); err != nil {
				return err
			}
			o.Name = at.name
			if o.NodesFile == "" && o.Tier == cluster.TierFake {
				o.NodesFile = builtin
			}
			if o.NodesFile != "" && o.Tier == cluster.TierAPI {
				return fmt.Errorf("--nodes needs tier fake or full")
			}
			if o.Tier != cluster.TierFull && len(o.Images) > 0 {
				return fmt.Errorf("--image is for the real node of tier full")
			}
			if o.Tier == cluster.TierAPI && len(o.NodeLabels)+len(o.NodeProviderID) > 0 {
				return fmt.Errorf("--node-label and --node-provider-id are for node1 of the tiers fake and full")
			}
			if o.NodesFile != "" && o.NodesFile != builtin {
				if o.NodesFile, err = existing(o.NodesFile); err != nil {
					return err
				}
			}
			for i := range o.Images {
				if o.Images[i], err = existing(o.Images[i]); err != nil {
					return err
				}
			}
			if err := cluster.Up(o); err != nil {
				return err
			}
			if !o.Foreground {
				fmt.Printf("\nexport KUBECONFIG=%s\nstop it with: modelport-cluster down%s\n", o.Dir.Kubeconfig(), nameFlag(at))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&tier, "tier", "full", "how much to start: api, fake or full")
	f.StringVar(&o.NodesFile, "nodes", "", `file of fake nodes, or "builtin" for about 20 of six clouds (tier fake has them by default)`)
	f.StringArrayVar(&o.Images, "image", nil, "OCI tar to import on the real node; may be repeated")
	f.StringToStringVar(&o.NodeLabels, "node-label", nil, "label of node1, set by the administrator; may be repeated")
	f.StringVar(&o.NodeProviderID, "node-provider-id", "", "spec.providerID of node1")
	f.IntVar(&o.Port, "port", 0, "port of the API server on 127.0.0.1 (default: a free one)")
	f.DurationVar(&o.EvictAfter, "evict-after", 300*time.Second, "how long pods stay on a node that is lost")
	f.BoolVar(&o.Foreground, "foreground", false, "stay until interrupted, and then end the cluster")
	return cmd
}

func nameFlag(at *location) string {
	var flags string
	if at.name != "default" {
		flags += " --name " + at.name
	}
	if at.dir != "" {
		flags += " --dir " + at.dir
	}
	return flags
}

// existing makes a path absolute, since the cluster's processes run elsewhere.
func existing(path string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func downCommand(at *location) *cobra.Command {
	return &cobra.Command{
		Use:     "down",
		Short:   "End a cluster; nothing of it stays but its logs",
		Example: "  modelport-cluster down --name default",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := at.open()
			if err != nil {
				return err
			}
			start := time.Now()
			was, err := cluster.Down(dir, at.name)
			if err != nil {
				return err
			}
			if !was {
				fmt.Printf("cluster %q is not running\n", at.name)
				return nil
			}
			fmt.Printf("cluster %q ended in %.1f s; its logs stay in %s\n", at.name, time.Since(start).Seconds(), dir.Logs())
			return nil
		},
	}
}

func statusCommand(at *location) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what runs (exit code 3 when nothing does)",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := at.open()
			if err != nil {
				return err
			}
			s, err := cluster.GetStatus(dir)
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(os.Stdout).Encode(s)
			} else {
				err = printStatus(at.name, s)
			}
			if err == nil && !s.Running {
				return notRunning
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printStatus(name string, s cluster.Status) error {
	if !s.Running {
		fmt.Printf("cluster %q is not running\n", name)
		return nil
	}
	fmt.Printf("cluster %q is running, tier %s, at %s\nkubeconfig  %s\nlogs        %s\n\n", name, s.Tier, s.Server, s.Kubeconfig, s.Logs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "COMPONENT\tSTATE\tPID INSIDE\tRESTARTS")
	for _, c := range s.Components {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\n", c.Name, c.State, c.PID, c.Restarts)
	}
	return w.Flush()
}

func execCommand(at *location) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exec -- COMMAND [ARG...]",
		Short: "Run a command inside the cluster's namespaces",
		Long: `Run a command inside the cluster's namespaces, in the present folder, with
KUBECONFIG and PATH set. There it reaches services and pods by address, and what
it listens on, on 127.0.0.1 or 10.77.0.1, the API server can call as a webhook.
The exit code is the command's.`,
		Example: `  modelport-cluster exec -- kubectl get pods -A
  modelport-cluster exec -- cargo nextest run --test cluster`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := at.open()
			if err != nil {
				return err
			}
			bin, err := cluster.BinDir()
			if err != nil {
				return err
			}
			code, err := cluster.Exec(dir, args, cluster.Environment(dir, bin))
			if err == nil && code != 0 {
				return exitCode(code)
			}
			return err
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func envCommand(at *location) *cobra.Command {
	return &cobra.Command{
		Use:     "env",
		Short:   "Print the settings for a shell on this machine",
		Example: `  eval "$(modelport-cluster env)"`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := at.open()
			if err != nil {
				return err
			}
			bin, err := cluster.BinDir()
			if err != nil {
				return err
			}
			env := cluster.Environment(dir, bin)
			fmt.Printf("export KUBECONFIG=%s\nexport PATH=%s\n", quote(env["KUBECONFIG"]), quote(env["PATH"]))
			return nil
		},
	}
}

// quote makes a word of a POSIX shell.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func componentCommand(at *location) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "component",
		Short: "Stop or start one component, to see what the others do without it",
		Example: `  modelport-cluster component stop kube-apiserver
  modelport-cluster component start kube-apiserver`,
	}
	for verb, short := range map[string]string{
		"stop":  "Kill a component and leave it stopped",
		"start": "Start a stopped component, and return when it is ready",
	} {
		cmd.AddCommand(&cobra.Command{
			Use: verb + " NAME", Short: short, Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				dir, err := at.open()
				if err != nil {
					return err
				}
				return cluster.Component(dir, verb, args[0])
			},
		})
	}
	return cmd
}
