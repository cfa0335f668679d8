package commands

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"modelport.dev/cluster/internal/cluster"
	"modelport.dev/cluster/internal/registry"
)

// registryCommand serves until it is ended; what was pushed goes with it.
func registryCommand(at *location) *cobra.Command {
	return &cobra.Command{
		Use:   "registry",
		Short: "Serve an image registry from memory at " + cluster.RegistryAddress + ", which the real node trusts",
		Long: `Serves an image registry from memory, inside the cluster's namespaces, at
` + cluster.RegistryAddress + `. Its certificate is signed by the cluster's own authority.
Repositories that begin with ` + registry.PrivatePrefix + ` want the login ` + registry.User + `, ` + registry.Password + `.`,
		Example: "  modelport-cluster exec -- modelport-cluster registry",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := at.open()
			if err != nil {
				return err
			}
			server := &http.Server{Addr: cluster.RegistryAddress, Handler: registry.Handler(cluster.RegistryAddress)}
			certificate := dir.PKI("registry")
			return fmt.Errorf("registry: %w", server.ListenAndServeTLS(certificate+".crt", certificate+".key"))
		},
	}
}
