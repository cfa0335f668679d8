package cluster

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificateLife is long enough for any test run; a cluster gets new ones at
// each start.
const certificateLife = 365 * 24 * time.Hour

// keyPair is a certificate and its key, in PEM.
type keyPair struct {
	cert, key []byte
}

// authority signs the certificates of one cluster.
type authority struct {
	keyPair
	parsed *x509.Certificate
	signer crypto.Signer
}

// identity is what one certificate says.
type identity struct {
	file   string // its name in the pki folder
	user   string // common name: the user to the API server
	groups []string
	hosts  []string // names and addresses, for servers
	client bool
}

// identities of the cluster's parts. Each component has its own, with the
// rights that Kubernetes gives to its name and no more.
func identities() []identity {
	admin := []string{"system:masters"}
	return []identity{
		{file: "admin", user: "modelport-admin", groups: admin, client: true},
		{file: "fake-nodes", user: "modelport-fake-nodes", groups: admin, client: true},
		{file: "apiserver", user: "kube-apiserver", hosts: []string{
			"127.0.0.1", nodeIP, apiServiceIP, "localhost",
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + clusterDomain}},
		{file: "apiserver-kubelet", user: "kube-apiserver-kubelet-client", groups: admin, client: true},
		{file: "kube-controller-manager", user: "system:kube-controller-manager", client: true},
		{file: "kube-scheduler", user: "system:kube-scheduler", client: true},
		{file: "kube-proxy", user: "system:kube-proxy", client: true},
		{file: "dns", user: "modelport-dns", client: true},
		{file: "registry", user: "modelport-registry", hosts: []string{nodeIP}},
		{file: "kubelet", user: "system:node:" + nodeName, groups: []string{"system:nodes"}, hosts: []string{nodeIP, nodeName}, client: true},
	}
}

// writeCertificates makes a new authority, a certificate for each identity and
// the key that signs service account tokens.
func writeCertificates(dir Dir, now time.Time) (*authority, error) {
	if err := os.MkdirAll(dir.PKI(""), 0o700); err != nil {
		return nil, err
	}
	ca, err := newAuthority(now)
	if err != nil {
		return nil, err
	}
	if err := ca.keyPair.write(dir.PKI("ca")); err != nil {
		return nil, err
	}
	for _, id := range identities() {
		pair, err := ca.issue(id, now)
		if err != nil {
			return nil, fmt.Errorf("certificate of %s: %w", id.file, err)
		}
		if err := pair.write(dir.PKI(id.file)); err != nil {
			return nil, err
		}
	}
	return ca, writeTokenKey(dir)
}

func newAuthority(now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "modelport-cluster-ca"},
		NotBefore:             now.Add(-time.Hour), // clocks of containers may lag
		NotAfter:              now.Add(certificateLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	pair, err := encodePair(der, key)
	if err != nil {
		return nil, err
	}
	return &authority{keyPair: pair, parsed: parsed, signer: key}, nil
}

// issue signs a certificate for one identity.
func (a *authority) issue(id identity, now time.Time) (keyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return keyPair{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return keyPair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: id.user, Organization: id.groups},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	if id.client {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	for _, host := range id.hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	if len(id.hosts) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.parsed, key.Public(), a.signer)
	if err != nil {
		return keyPair{}, err
	}
	return encodePair(der, key)
}

// writeTokenKey makes the key pair for service account tokens: the API server
// signs with it, and checks with its public half.
func writeTokenKey(dir Dir) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	private, err := encodeKey(key)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(dir.PKI("service-account.key"), private, 0o600); err != nil {
		return err
	}
	return os.WriteFile(dir.PKI("service-account.pub"), public, 0o644)
}

func encodePair(der []byte, key *ecdsa.PrivateKey) (keyPair, error) {
	keyPEM, err := encodeKey(key)
	if err != nil {
		return keyPair{}, err
	}
	return keyPair{cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), key: keyPEM}, nil
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), nil
}

// write stores the pair as BASE.crt and BASE.key.
func (p keyPair) write(base string) error {
	if err := os.MkdirAll(filepath.Dir(base), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(base+".crt", p.cert, 0o644); err != nil {
		return err
	}
	return os.WriteFile(base+".key", p.key, 0o600)
}
