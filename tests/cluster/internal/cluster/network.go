package cluster

import (
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// privateNetwork sets up the cluster's network namespace. It has no default
// route: nothing in the cluster can reach, or be reached from, any network.
func privateNetwork() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return err
	}
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: nodeBridge}}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("add bridge %s: %w", nodeBridge, err)
	}
	addr, err := netlink.ParseAddr(nodeCIDR)
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(bridge, addr); err != nil {
		return fmt.Errorf("address of %s: %w", nodeBridge, err)
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return err
	}
	// A connect to a Service must find some route before kube-proxy's rules
	// rewrite it, and there is no default one.
	if err := addRoute(bridge, servicesCIDR, unix.RTN_UNICAST); err != nil {
		return err
	}
	// Every address of a fake pod is this machine's, so that a test may listen
	// on one and serve as that pod.
	if err := addRoute(lo, fakePodsCIDR, unix.RTN_LOCAL); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1\n"), 0o644)
}

func addRoute(link netlink.Link, cidr string, kind int) error {
	_, dst, err := net.ParseCIDR(cidr)
	if err != nil {
		return err
	}
	route := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: dst, Type: kind, Scope: netlink.SCOPE_LINK}
	if kind == unix.RTN_LOCAL {
		route.Table, route.Scope = unix.RT_TABLE_LOCAL, netlink.SCOPE_HOST
	}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("route to %s: %w", cidr, err)
	}
	return nil
}
