package cluster

import (
	"fmt"
	"strings"
	"time"
)

// defaultEvictAfter is Kubernetes' own default.
const defaultEvictAfter = 300 * time.Second

// etcdProgram keeps its data in memory and never syncs: a test cluster's data
// need not survive it.
func etcdProgram(o Options) program {
	return program{
		name: "etcd",
		args: []string{"etcd",
			"--data-dir=" + o.Dir.Private("etcd"),
			"--unsafe-no-fsync",
			"--log-level=warn",
			"--listen-client-urls=" + etcdClientURL,
			"--advertise-client-urls=" + etcdClientURL,
			"--listen-peer-urls=" + etcdPeerURL,
			"--initial-advertise-peer-urls=" + etcdPeerURL,
			"--initial-cluster=default=" + etcdPeerURL,
		},
		ready: localHealth("http", 2379, "/health"),
	}
}

// apiServerProgram serves on the port that the machine's clients use too, so
// that one kubeconfig holds on both sides.
func apiServerProgram(o Options) (program, error) {
	client, err := adminHTTP(o.Dir)
	if err != nil {
		return program{}, err
	}
	seconds := int(o.EvictAfter.Seconds())
	return program{
		name: "kube-apiserver",
		args: []string{"kube-apiserver",
			"--etcd-servers=" + etcdClientURL,
			"--bind-address=0.0.0.0",
			"--advertise-address=" + nodeIP,
			fmt.Sprintf("--secure-port=%d", o.Port),
			"--tls-cert-file=" + o.Dir.PKI("apiserver.crt"),
			"--tls-private-key-file=" + o.Dir.PKI("apiserver.key"),
			"--client-ca-file=" + o.Dir.PKI("ca.crt"),
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + o.Dir.PKI("service-account.pub"),
			"--service-account-signing-key-file=" + o.Dir.PKI("service-account.key"),
			"--service-cluster-ip-range=" + servicesCIDR,
			"--authorization-mode=Node,RBAC",
			// ExtendedResourceToleration, as on GKE: a pod that asks for GPUs
			// tolerates the taint that keeps other pods off GPU nodes.
			"--enable-admission-plugins=" + strings.Join([]string{"NodeRestriction", "ExtendedResourceToleration"}, ","),
			fmt.Sprintf("--default-not-ready-toleration-seconds=%d", seconds),
			fmt.Sprintf("--default-unreachable-toleration-seconds=%d", seconds),
			"--allow-privileged=true",
			"--kubelet-certificate-authority=" + o.Dir.PKI("ca.crt"),
			"--kubelet-client-certificate=" + o.Dir.PKI("apiserver-kubelet.crt"),
			"--kubelet-client-key=" + o.Dir.PKI("apiserver-kubelet.key"),
			"--kubelet-preferred-address-types=InternalIP",
			"--audit-policy-file=" + o.Dir.Config("audit.yaml"),
			"--audit-log-path=" + o.Dir.AuditLog(),
			"--profiling=false",
		},
		ready: answersOK(client, fmt.Sprintf("https://127.0.0.1:%d/readyz", o.Port)),
	}, nil
}

// controllerManagerProgram has a high request limit: with the default one the
// first service account of a namespace takes seconds.
func controllerManagerProgram(o Options) program {
	kubeconfig := o.Dir.PKI("kube-controller-manager.kubeconfig")
	return program{
		name: "kube-controller-manager",
		args: []string{"kube-controller-manager",
			"--kubeconfig=" + kubeconfig,
			"--authentication-kubeconfig=" + kubeconfig,
			"--authorization-kubeconfig=" + kubeconfig,
			"--service-account-private-key-file=" + o.Dir.PKI("service-account.key"),
			"--root-ca-file=" + o.Dir.PKI("ca.crt"),
			"--cluster-signing-cert-file=" + o.Dir.PKI("ca.crt"),
			"--cluster-signing-key-file=" + o.Dir.PKI("ca.key"),
			"--use-service-account-credentials=true",
			"--leader-elect=false",
			"--bind-address=127.0.0.1",
			fmt.Sprintf("--secure-port=%d", controllerManagerPort),
			"--node-monitor-period=1s",
			"--node-monitor-grace-period=20s",
			"--kube-api-qps=500",
			"--kube-api-burst=1000",
		},
		ready: localHealth("https", controllerManagerPort, "/healthz"),
	}
}

func schedulerProgram(o Options) program {
	kubeconfig := o.Dir.PKI("kube-scheduler.kubeconfig")
	return program{
		name: "kube-scheduler",
		args: []string{"kube-scheduler",
			"--kubeconfig=" + kubeconfig,
			"--authentication-kubeconfig=" + kubeconfig,
			"--authorization-kubeconfig=" + kubeconfig,
			"--leader-elect=false",
			"--bind-address=127.0.0.1",
			fmt.Sprintf("--secure-port=%d", schedulerPort),
			"--kube-api-qps=500",
			"--kube-api-burst=1000",
		},
		ready: localHealth("https", schedulerPort, "/healthz"),
	}
}

// fakeNodesProgram is this program again. Where there is no real node, a fake
// one stands in for it and takes the pods that tolerate no taint.
func fakeNodesProgram(o Options) program {
	args := []string{"modelport-cluster", "fakenodes",
		"--kubeconfig=" + o.Dir.PKI("fake-nodes.kubeconfig"),
		"--nodes=" + o.NodesFile,
		fmt.Sprintf("--health-port=%d", fakeNodesHealthPort),
	}
	if o.Tier == TierFake {
		args = append(args, "--plain-node="+nodeName, "--plain-provider-id="+o.NodeProviderID)
		for key, value := range o.NodeLabels {
			args = append(args, "--plain-label="+key+"="+value)
		}
	}
	return program{name: "fake-nodes", args: args, ready: localHealth("http", fakeNodesHealthPort, "/healthz")}
}

// dnsProgram answers pods' questions for the names of services.
func dnsProgram(o Options) program {
	return program{
		name: "dns",
		args: []string{"modelport-cluster", "dns",
			"--kubeconfig=" + o.Dir.PKI("dns.kubeconfig"),
			"--listen=" + nodeIP + ":53",
			"--domain=" + clusterDomain,
			fmt.Sprintf("--health-port=%d", dnsHealthPort),
		},
		ready: localHealth("http", dnsHealthPort, "/healthz"),
	}
}
