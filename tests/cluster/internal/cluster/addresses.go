package cluster

// Addresses inside a cluster's private network namespace. They are the same in
// every cluster: two clusters never see each other.
const (
	nodeName      = "node1"
	nodeIP        = "10.77.0.1" // the kubelet refuses a loopback address as the node's
	nodeCIDR      = nodeIP + "/24"
	nodeBridge    = "node0"
	podBridge     = "cni0"
	podSubnet     = "10.88.0.0/16" // pods of the real node
	servicesCIDR  = "10.96.0.0/16"
	apiServiceIP  = "10.96.0.1" // first of servicesCIDR, by Kubernetes' rule
	fakePodsCIDR  = "10.99.0.0/16"
	clusterDomain = "cluster.local"

	etcdClientURL = "http://127.0.0.1:2379"
	etcdPeerURL   = "http://127.0.0.1:2380"

	controllerManagerPort = 10257
	schedulerPort         = 10259
	kubeletHealthPort     = 10248
	proxyHealthPort       = 10256
	fakeNodesHealthPort   = 10299
	dnsHealthPort         = 10298
)

// RegistryAddress is where the command registry serves: the real node asks
// there, and so can pods.
const RegistryAddress = nodeIP + ":5000"
