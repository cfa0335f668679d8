package commands

import (
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"modelport.dev/cluster/internal/cluster"
	"modelport.dev/cluster/internal/dns"
	"modelport.dev/cluster/internal/fakenodes"
)

// superviseCommand is the outer process of a cluster; up starts it.
func superviseCommand(at *location) *cobra.Command {
	return &cobra.Command{
		Use: "supervise", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return cluster.Supervise(cluster.Dir(at.dir)) },
	}
}

// initCommand is process 1 of a cluster; the supervisor starts it.
func initCommand(at *location) *cobra.Command {
	return &cobra.Command{
		Use: "init", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return cluster.Init(cluster.Dir(at.dir)) },
	}
}

// dnsCommand is the component of that name.
func dnsCommand() *cobra.Command {
	var kubeconfig, listen, domain string
	var port int
	cmd := &cobra.Command{
		Use: "dns", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := clientFor(kubeconfig)
			if err != nil {
				return err
			}
			return dns.Run(cmd.Context(), client, listen, domain, fmt.Sprintf("127.0.0.1:%d", port))
		},
	}
	f := cmd.Flags()
	f.StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig")
	f.StringVar(&listen, "listen", "", "address and port")
	f.StringVar(&domain, "domain", "", "the cluster's domain")
	f.IntVar(&port, "health-port", 0, "port on 127.0.0.1 that answers once it serves")
	return cmd
}

// fakeNodesCommand is the component fake-nodes.
func fakeNodesCommand(builtinNodes []byte) *cobra.Command {
	var kubeconfig, nodes string
	var port int
	var plain fakenodes.Node
	cmd := &cobra.Command{
		Use:     "fakenodes",
		Short:   "Keep fake nodes in a cluster (up does this; or on a cluster of your own)",
		Example: `  modelport-cluster fakenodes --kubeconfig ~/.kube/config --nodes builtin`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var file *fakenodes.File
			var err error
			if nodes == builtin {
				file, err = fakenodes.Parse(builtinNodes)
			} else {
				file, err = fakenodes.Load(nodes)
			}
			if err != nil {
				return err
			}
			if plain.Name != "" {
				plain.Capacity = map[string]string{"cpu": "16", "memory": "64Gi"}
				file.Nodes = append(file.Nodes, plain)
			}
			client, err := clientFor(kubeconfig)
			if err != nil {
				return err
			}
			return fakenodes.Run(cmd.Context(), client, file, port)
		},
	}
	f := cmd.Flags()
	f.StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of an administrator")
	f.StringVar(&nodes, "nodes", builtin, `file of nodes, or "builtin"`)
	f.IntVar(&port, "health-port", 0, "port on 127.0.0.1 that answers once all nodes are Ready; 0 for none")
	f.StringVar(&plain.Name, "plain-node", "", "one more node, without GPU and taint, for all other pods")
	f.StringVar(&plain.ProviderID, "plain-provider-id", "", "its spec.providerID")
	f.StringToStringVar(&plain.Labels, "plain-label", nil, "label of it; may be repeated")
	return cmd
}

func clientFor(kubeconfig string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 500, 1000
	return kubernetes.NewForConfig(config)
}
