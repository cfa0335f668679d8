// Package dns answers the names of a cluster's services, as far as pods of a
// test need them: A records of ClusterIP and headless services, over UDP and
// TCP. There is no outside to forward other names to, so they do not exist.
package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
)

const (
	maxUDPBytes   = 4096
	ttlSeconds    = 2 // a test's services come and go
	tcpIdle       = 10 * time.Second
	noneClusterIP = "None"
)

// Server answers from watched services and endpoints.
type Server struct {
	domain    string // with a trailing dot and a leading one: ".cluster.local."
	services  corelisters.ServiceLister
	endpoints discoverylisters.EndpointSliceLister
}

// Run serves until the context ends. It listens once its stores are filled; ok
// then answers on the health port.
func Run(ctx context.Context, client kubernetes.Interface, listen, domain, health string) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	s := &Server{
		domain:    "." + strings.Trim(domain, ".") + ".",
		services:  factory.Core().V1().Services().Lister(),
		endpoints: factory.Discovery().V1().EndpointSlices().Lister(),
	}
	factory.Start(ctx.Done())
	for kind, ok := range factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return errors.New("no list of " + kind.String())
		}
	}
	udp, err := net.ListenPacket("udp", listen)
	if err != nil {
		return err
	}
	tcp, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	go s.serveTCP(tcp)
	go http.ListenAndServe(health, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	return s.serveUDP(udp)
}

func (s *Server) serveUDP(conn net.PacketConn) error {
	buf := make([]byte, maxUDPBytes)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if reply, err := s.Answer(buf[:n]); err == nil {
			conn.WriteTo(reply, from)
		}
	}
}

func (s *Server) serveTCP(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for s.answerTCP(conn) == nil {
			}
		}()
	}
}

// answerTCP reads one question with its length before it, and answers alike.
func (s *Server) answerTCP(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(tcpIdle)); err != nil {
		return err
	}
	var size uint16
	if err := binary.Read(conn, binary.BigEndian, &size); err != nil {
		return err
	}
	question := make([]byte, size)
	if _, err := io.ReadFull(conn, question); err != nil {
		return err
	}
	reply, err := s.Answer(question)
	if err != nil {
		return err
	}
	if err := binary.Write(conn, binary.BigEndian, uint16(len(reply))); err != nil {
		return err
	}
	_, err = conn.Write(reply)
	return err
}

// Answer makes the reply to one question.
func (s *Server) Answer(question []byte) ([]byte, error) {
	var p dnsmessage.Parser
	header, err := p.Start(question)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	addresses, exists := s.lookup(strings.ToLower(q.Name.String()))
	reply := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: header.ID, Response: true, Authoritative: true,
			RecursionDesired: header.RecursionDesired, RecursionAvailable: true,
		},
		Questions: []dnsmessage.Question{q},
	}
	if !exists {
		reply.RCode = dnsmessage.RCodeNameError
	}
	if q.Type == dnsmessage.TypeA {
		for _, a := range addresses {
			reply.Answers = append(reply.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: ttlSeconds},
				Body:   &dnsmessage.AResource{A: a},
			})
		}
	}
	return reply.Pack()
}

// lookup finds SERVICE.NAMESPACE.svc.DOMAIN.
func (s *Server) lookup(name string) ([][4]byte, bool) {
	short, ok := strings.CutSuffix(name, s.domain)
	if !ok {
		return nil, false
	}
	parts := strings.Split(short, ".")
	if len(parts) != 3 || parts[2] != "svc" {
		return nil, false
	}
	service, err := s.services.Services(parts[1]).Get(parts[0])
	if err != nil {
		return nil, false
	}
	if service.Spec.ClusterIP != noneClusterIP {
		return addresses(service.Spec.ClusterIP), true
	}
	slices, err := s.endpoints.EndpointSlices(parts[1]).List(labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: parts[0]}))
	if err != nil {
		return nil, true
	}
	var all [][4]byte
	for _, slice := range slices {
		for _, e := range slice.Endpoints {
			if e.Conditions.Ready == nil || *e.Conditions.Ready || service.Spec.PublishNotReadyAddresses {
				all = append(all, addresses(e.Addresses...)...)
			}
		}
	}
	return all, true
}

func addresses(ips ...string) [][4]byte {
	var all [][4]byte
	for _, ip := range ips {
		if v4 := net.ParseIP(ip).To4(); v4 != nil {
			all = append(all, [4]byte(v4))
		}
	}
	return all
}
