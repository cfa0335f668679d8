package cluster

import (
	"context"
	"fmt"
)

// startTier starts the components of a tier. What does not depend on the other
// is started together: with two cores the start is bound by the processor, and
// the waits of one component are another's time.
func startTier(ctx context.Context, o Options, k *keeper, bin string, events *reporter) error {
	apiServer, err := apiServerProgram(o)
	if err != nil {
		return err
	}
	if err := k.run(ctx, etcdProgram(o)); err != nil {
		return err
	}
	if err := k.launch(apiServer); err != nil {
		return err
	}
	if o.Tier == TierFull {
		if err := startRuntime(ctx, o, k, bin, events); err != nil {
			return err
		}
	}
	if err := k.await(ctx, "kube-apiserver"); err != nil {
		return err
	}
	events.step("kube-apiserver is ready on https://127.0.0.1:%d", o.Port)
	if o.Tier == TierAPI {
		return nil
	}

	client, err := adminClient(o.Dir)
	if err != nil {
		return err
	}
	programs := []program{controllerManagerProgram(o), schedulerProgram(o)}
	if o.Tier == TierFull {
		node, err := nodePrograms(o)
		if err != nil {
			return err
		}
		programs = append(programs, node...)
		if err := allowDNS(ctx, client); err != nil {
			return err
		}
	}
	if o.NodesFile != "" {
		programs = append(programs, fakeNodesProgram(o))
	}
	for _, p := range programs {
		if err := k.launch(p); err != nil {
			return err
		}
	}
	for _, p := range programs {
		if err := k.await(ctx, p.name); err != nil {
			return err
		}
		events.step("%s is ready", p.name)
	}
	if o.Tier == TierFull {
		if err := nodeReady(ctx, client, o); err != nil {
			return fmt.Errorf("%w\n%s", err, logTail(o.Dir.Log("kubelet")))
		}
		events.step("node %s is Ready", nodeName)
	}
	return serviceAccountReady(ctx, client)
}

// nodePrograms are those of the real node, besides containerd.
func nodePrograms(o Options) ([]program, error) {
	kubelet, err := kubeletProgram(o)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyProgram(o)
	if err != nil {
		return nil, err
	}
	return []program{kubelet, proxy, dnsProgram(o)}, nil
}

// startRuntime starts containerd and imports the images, while the API server
// is still starting.
func startRuntime(ctx context.Context, o Options, k *keeper, bin string, events *reporter) error {
	if err := makeCgroups(cgroupName(o.Dir, o.Name)); err != nil {
		return err
	}
	containerd, err := containerdProgram(o.Dir, bin)
	if err != nil {
		return err
	}
	if err := k.run(ctx, containerd); err != nil {
		return err
	}
	images := append([]string{PauseTar(bin)}, o.Images...)
	for _, tar := range images {
		if err := k.once(ctx, importArgs(o.Dir, tar)); err != nil {
			return err
		}
	}
	events.step("containerd is ready, %d images imported", len(images))
	return nil
}
