package cluster

import (
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	api "k8s.io/client-go/tools/clientcmd/api"
)

// writeKubeconfigs writes the administrator's kubeconfig, and one for each
// component that talks to the API server. The server's address is the same on
// the machine and inside: there a forwarder listens, here the server itself.
func writeKubeconfigs(o Options) error {
	ca, err := os.ReadFile(o.Dir.PKI("ca.crt"))
	if err != nil {
		return err
	}
	server := fmt.Sprintf("https://127.0.0.1:%d", o.Port)
	if err := writeKubeconfig(o, server, ca, "admin", o.Dir.Kubeconfig()); err != nil {
		return err
	}
	for _, user := range []string{"fake-nodes", "kube-controller-manager", "kube-scheduler", "kube-proxy", "dns", "kubelet"} {
		if err := writeKubeconfig(o, server, ca, user, o.Dir.PKI(user+".kubeconfig")); err != nil {
			return err
		}
	}
	return nil
}

// writeKubeconfig embeds the certificates, so that the file can be copied.
func writeKubeconfig(o Options, server string, ca []byte, user, path string) error {
	cert, err := os.ReadFile(o.Dir.PKI(user + ".crt"))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(o.Dir.PKI(user + ".key"))
	if err != nil {
		return err
	}
	context := "modelport-" + o.Name
	c := api.NewConfig()
	c.Clusters[context] = &api.Cluster{Server: server, CertificateAuthorityData: ca}
	c.AuthInfos[user] = &api.AuthInfo{ClientCertificateData: cert, ClientKeyData: key}
	c.Contexts[context] = &api.Context{Cluster: context, AuthInfo: user}
	c.CurrentContext = context
	return clientcmd.WriteToFile(*c, path)
}
