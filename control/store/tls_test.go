package store

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
)

// authority makes certificates.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newAuthority makes one, whose certificate is in the file ca.pem of its dir.
func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	a := &authority{dir: tb.TempDir()}
	a.cert = &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.cert, a.key = a.make(tb, "ca", a.cert)
	return a
}

// make makes the certificate name.pem and its key name.key, signed by the
// authority or, before it has a key, by itself.
func (a *authority) make(tb testing.TB, name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	signer := a.key
	if signer == nil {
		signer = key
	}
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, signer)
	if err != nil {
		tb.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "EC PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(filepath.Join(a.dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return cert, key
}

// leaf makes a certificate for 127.0.0.1, for a server or a client.
func (a *authority) leaf(tb testing.TB, name string) {
	tb.Helper()
	a.make(tb, name, &x509.Certificate{
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

// file is the path of a file that the authority made.
func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// TestTLS verifies TLS with client certificates, and what is said where they
// do not fit.
func TestTLS(t *testing.T) {
	ours, other := newAuthority(t), newAuthority(t)
	ours.leaf(t, "server")
	ours.leaf(t, "client")
	other.leaf(t, "client")
	etcd := newServer(t, t.TempDir())
	etcd.config.ListenClientUrls[0].Scheme = "https"
	etcd.config.ClientTLSInfo = transport.TLSInfo{CertFile: ours.file("server.pem"), KeyFile: ours.file("server.key"),
		TrustedCAFile: ours.file("ca.pem"), ClientCertAuth: true}
	etcd.config.AdvertiseClientUrls = etcd.config.ListenClientUrls
	etcd.start(t)

	good := Config{CAFile: ours.file("ca.pem"), CertFile: ours.file("client.pem"), KeyFile: ours.file("client.key")}
	s := open(t, good, etcd)
	m := follow(t, s, records)
	put(t, s, "/skydns/a", "1")
	m.wait(t, 1, map[string]string{"/skydns/a": "1"})

	for _, c := range []struct {
		name   string
		config Config
		want   string // "": what TLS 1.3 lets a client see of a refusal differs
	}{
		{"another authority's server", Config{CAFile: other.file("ca.pem"), CertFile: good.CertFile, KeyFile: good.KeyFile}, "unknown authority"},
		{"no certificate", Config{CAFile: good.CAFile}, ""},
		{"another authority's client", Config{CAFile: good.CAFile, CertFile: other.file("client.pem"), KeyFile: other.file("client.key")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // each waits for a connection in vain
			_, err := open(t, c.config, etcd).Commit(t.Context(), nil, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "deadline") {
				t.Errorf("error %v", err)
			}
		})
	}
	t.Run("a file that is not there", func(t *testing.T) {
		_, err := Open(t.Context(), Config{Endpoints: []string{etcd.endpoint()}, CAFile: "/nowhere/ca.pem"})
		if err == nil || !strings.Contains(err.Error(), "/nowhere/ca.pem") {
			t.Errorf("error %v", err)
		}
	})
}
