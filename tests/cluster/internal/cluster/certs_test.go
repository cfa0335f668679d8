package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"slices"
	"testing"
	"time"
)

// Every certificate verifies against the cluster's authority, for the uses that
// its identity has and for no other, and no key is readable by others.
func TestCertificatesVerify(t *testing.T) {
	dir := Dir(t.TempDir())
	ca, err := writeCertificates(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.parsed)
	for _, id := range identities() {
		pair, err := tls.LoadX509KeyPair(dir.PKI(id.file+".crt"), dir.PKI(id.file+".key"))
		if err != nil {
			t.Fatalf("%s: %v", id.file, err)
		}
		if pair.Leaf.Subject.CommonName != id.user || !slices.Equal(pair.Leaf.Subject.Organization, id.groups) {
			t.Errorf("%s: subject %v", id.file, pair.Leaf.Subject)
		}
		for usage, want := range map[x509.ExtKeyUsage]bool{x509.ExtKeyUsageClientAuth: id.client, x509.ExtKeyUsageServerAuth: len(id.hosts) > 0} {
			_, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{usage}})
			if (err == nil) != want {
				t.Errorf("%s: usage %d: want %v, got %v", id.file, usage, want, err)
			}
		}
		for _, host := range id.hosts {
			if err := pair.Leaf.VerifyHostname(host); err != nil {
				t.Errorf("%s: %v", id.file, err)
			}
		}
		info, err := os.Stat(dir.PKI(id.file + ".key"))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s.key has mode %v", id.file, info.Mode())
		}
	}
}

// A state directory that the cluster would hide from itself, or that is too
// long for a socket, is refused with what to do.
func TestStateDirectoryIsChecked(t *testing.T) {
	for _, dir := range []string{"/run/x", "/var/lib/x", "/tmp/" + string(make([]byte, 120))} {
		if _, err := OpenDir("default", dir); err == nil {
			t.Errorf("%q was taken", dir)
		}
	}
	for _, name := range []string{"", "-a", "A", "a/b", "0123456789012345678901234567890123"} {
		if _, err := OpenDir(name, "/tmp/x"); err == nil {
			t.Errorf("name %q was taken", name)
		}
	}
}
