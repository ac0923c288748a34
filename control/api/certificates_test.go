package api

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// writeCertificate writes a certificate with that serial number, and its key.
func writeCertificate(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"test"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000+serial, 0) // a file system may tell times of one second alike
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCertificatesAreReadAgain verifies that a renewed certificate is used, and
// that one which cannot be read leaves the one before in use and is said once.
func TestCertificatesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, certFile, keyFile, 1)
	var log bytes.Buffer
	c, err := newCertificates(certFile, keyFile, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	c.pause = 0
	serial := func() int64 {
		t.Helper()
		cert, err := c.get(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(cert.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return parsed.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Errorf("certificate %d at the start", n)
	}
	writeCertificate(t, certFile, keyFile, 2)
	if n := serial(); n != 2 {
		t.Errorf("certificate %d after renewal", n)
	}
	if err := os.WriteFile(keyFile, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	failures := counted(t, certificateFailures)
	for range 3 {
		if n := serial(); n != 2 {
			t.Errorf("certificate %d with a broken key", n)
		}
	}
	if n := strings.Count(log.String(), "stays in use"); n != 1 {
		t.Errorf("said %d times: %s", n, &log)
	}
	if n := counted(t, certificateFailures) - failures; n != 1 {
		t.Errorf("counted %v times", n)
	}
	writeCertificate(t, certFile, keyFile, 3)
	if n := serial(); n != 3 {
		t.Errorf("certificate %d after repair", n)
	}
}

// counted is the value of a counter.
func counted(t *testing.T, c prometheus.Counter) float64 {
	t.Helper()
	r := prometheus.NewRegistry()
	if err := r.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return families[0].Metric[0].GetCounter().GetValue()
}
