package fakenodes

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync/atomic"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// controller holds what the parts share: nodes.go, pods.go and pools.go.
type controller struct {
	client     kubernetes.Interface
	file       *File
	nodeStore  corelisters.NodeLister
	podStore   corelisters.PodLister
	namespaces corelisters.NamespaceLister
	nodes      *registry
	addresses  *addresses
	log        *log.Logger
}

// Run registers the nodes and keeps them until the context ends. The health
// port answers 200 once all are Ready and take pods.
func Run(ctx context.Context, client kubernetes.Interface, file *File, healthPort int) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	c := &controller{
		client:     client,
		file:       file,
		nodeStore:  factory.Core().V1().Nodes().Lister(),
		podStore:   factory.Core().V1().Pods().Lister(),
		namespaces: factory.Core().V1().Namespaces().Lister(),
		nodes:      newRegistry(),
		addresses:  newAddresses(),
		log:        log.Default(),
	}
	var healthy atomic.Bool
	if healthPort != 0 {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", healthPort))
		if err != nil {
			return err
		}
		go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if !healthy.Load() {
				http.Error(w, "nodes are not Ready yet", http.StatusServiceUnavailable)
			}
		}))
	}
	workers := c.watch(factory)
	factory.Start(ctx.Done())
	for kind, ok := range factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return fmt.Errorf("no list of %s", kind)
		}
	}
	if err := c.registerAll(ctx); err != nil {
		return err
	}
	go c.keepLeases(ctx)
	go c.keepPools(ctx)
	go workers.run(ctx)
	if err := c.awaitReady(ctx); err != nil {
		return err
	}
	healthy.Store(true)
	c.log.Printf("%d nodes are Ready, %d pools rest", len(file.Nodes), len(file.Pools))
	<-ctx.Done()
	return nil
}
