package cluster

import (
	"fmt"
	"os/exec"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	componentbase "k8s.io/component-base/config/v1alpha1"
	proxy "k8s.io/kube-proxy/config/v1alpha1"
)

// newProxyConfig leaves the machine's connection tracking table alone: its
// limits are not the namespace's own.
func newProxyConfig(o Options) *proxy.KubeProxyConfiguration {
	var zero int32
	return &proxy.KubeProxyConfiguration{
		TypeMeta:           metav1.TypeMeta{APIVersion: proxy.SchemeGroupVersion.String(), Kind: "KubeProxyConfiguration"},
		Mode:               "nftables",
		ClientConnection:   componentbase.ClientConnectionConfiguration{Kubeconfig: o.Dir.PKI("kube-proxy.kubeconfig")},
		HostnameOverride:   nodeName,
		BindAddress:        "0.0.0.0",
		HealthzBindAddress: fmt.Sprintf("127.0.0.1:%d", proxyHealthPort),
		ClusterCIDR:        podSubnet,
		Conntrack: proxy.KubeProxyConntrackConfiguration{
			MaxPerCore: &zero, Min: &zero,
			TCPEstablishedTimeout: &metav1.Duration{}, TCPCloseWaitTimeout: &metav1.Duration{},
		},
	}
}

func proxyProgram(o Options) (program, error) {
	if _, err := exec.LookPath("nft"); err != nil {
		return program{}, fmt.Errorf("nft is not installed: apt-get install -y --no-install-recommends nftables")
	}
	file := o.Dir.Config("kube-proxy.yaml")
	if err := writeConfig(file, newProxyConfig(o)); err != nil {
		return program{}, err
	}
	return program{
		name:  "kube-proxy",
		args:  []string{"kube-proxy", "--config=" + file},
		ready: localHealth("http", proxyHealthPort, "/livez"),
	}, nil
}
