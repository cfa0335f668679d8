package cluster

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubelet "k8s.io/kubelet/config/v1beta1"
)

// newKubeletConfig is made for a test machine: quick, and without anything that
// reaches beyond the cluster's namespaces.
// staticPods is the folder, beside the node's others, whose pods the kubelet runs by itself.
const staticPods = "static-pods"

func newKubeletConfig(o Options) *kubelet.KubeletConfiguration {
	no, none := false, ""
	gcHigh, gcLow := int32(100), int32(99)
	health := int32(kubeletHealthPort)
	return &kubelet.KubeletConfiguration{
		TypeMeta:                 metav1.TypeMeta{APIVersion: kubelet.SchemeGroupVersion.String(), Kind: "KubeletConfiguration"},
		FailCgroupV1:             &no, // still works there, and is what older machines have
		CgroupDriver:             "cgroupfs",
		CgroupRoot:               "/" + cgroupName(o.Dir, o.Name),
		EnforceNodeAllocatable:   []string{},
		ContainerRuntimeEndpoint: "unix://" + o.Dir.ContainerdSocket(),
		ProviderID:               o.NodeProviderID,
		Address:                  "0.0.0.0",
		HealthzBindAddress:       "127.0.0.1",
		HealthzPort:              &health,
		Authentication: kubelet.KubeletAuthentication{
			Anonymous: kubelet.KubeletAnonymousAuthentication{Enabled: &no},
			X509:      kubelet.KubeletX509Authentication{ClientCAFile: o.Dir.PKI("ca.crt")},
		},
		Authorization:                          kubelet.KubeletAuthorization{Mode: kubelet.KubeletAuthorizationModeWebhook},
		TLSCertFile:                            o.Dir.PKI("kubelet.crt"),
		TLSPrivateKeyFile:                      o.Dir.PKI("kubelet.key"),
		FailSwapOn:                             &no,
		OOMScoreAdj:                            new(int32),
		MakeIPTablesUtilChains:                 &no,
		ResolverConfig:                         &none,
		ClusterDNS:                             []string{nodeIP},
		ClusterDomain:                          clusterDomain,
		NodeStatusUpdateFrequency:              metav1.Duration{Duration: 2 * time.Second},
		NodeStatusReportFrequency:              metav1.Duration{Duration: time.Minute},
		SyncFrequency:                          metav1.Duration{Duration: 5 * time.Second},
		ImageGCHighThresholdPercent:            &gcHigh,
		ImageGCLowThresholdPercent:             &gcLow,
		ImagePullCredentialsVerificationPolicy: kubelet.NeverVerify, // images are imported, under several names at times
		EvictionHard:                           map[string]string{"memory.available": "100Mi"},
		VolumePluginDir:                        o.Dir.Node("volume-plugins"),
		PodLogsDir:                             o.Dir.Node("pod-logs"),
		StaticPodPath:                          o.Dir.Node(staticPods),
	}
}

func kubeletProgram(o Options) (program, error) {
	file := o.Dir.Config("kubelet.yaml")
	if err := writeConfig(file, newKubeletConfig(o)); err != nil {
		return program{}, err
	}
	return program{
		name: "kubelet",
		args: []string{"kubelet",
			"--config=" + file,
			"--kubeconfig=" + o.Dir.PKI("kubelet.kubeconfig"),
			"--hostname-override=" + nodeName,
			"--node-ip=" + nodeIP,
			"--root-dir=" + o.Dir.Node("kubelet"),
			"--cert-dir=" + o.Dir.Node("kubelet-pki"),
			"-v=1",
		},
		ready: localHealth("http", kubeletHealthPort, "/healthz"),
	}, nil
}
