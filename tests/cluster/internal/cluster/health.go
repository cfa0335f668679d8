package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	pollEvery      = 25 * time.Millisecond
	pollTimeout    = 5 * time.Second // of one question
	maxAnswerBytes = 4096
)

// poll asks until the check passes. It returns the last answer's error with the
// context's when time is up.
func poll(ctx context.Context, check func(context.Context) error) error {
	var last error
	for {
		once, cancel := context.WithTimeout(ctx, pollTimeout)
		err := check(once)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %v)", ctx.Err(), last)
		case <-time.After(pollEvery):
		}
	}
}

// answersOK checks that a URL answers 200, with the given client.
func answersOK(client *http.Client, url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s: %.300s", url, resp.Status, body)
		}
		return nil
	}
}

// localHealth asks a component's health port on the loopback address. The
// secure ports of controller-manager and scheduler use certificates that they
// make for themselves; what is checked is that they answer.
func localHealth(scheme string, port int, path string) func(context.Context) error {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	return answersOK(client, fmt.Sprintf("%s://127.0.0.1:%d%s", scheme, port, path))
}

// accepts checks that a Unix socket takes connections.
func accepts(socket string) func(context.Context) error {
	return func(ctx context.Context) error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "unix", socket)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// adminHTTP is an HTTP client with the administrator's certificate.
func adminHTTP(dir Dir) (*http.Client, error) {
	ca, err := os.ReadFile(dir.PKI("ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	cert, err := tls.LoadX509KeyPair(dir.PKI("admin.crt"), dir.PKI("admin.key"))
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{cert}},
	}}, nil
}
