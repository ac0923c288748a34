package api

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
)

// serving is an interface with a handler of its own.
func serving(h http.HandlerFunc) *Interface {
	recs := &records{store: etcd}
	s := &server{records: recs, changer: &changer{records: recs, monitorPath: "/none/"}, underWay: newUnderWay(), log: zerolog.Nop()}
	return s.over(h)
}

// TestServeDrains verifies that a request under way when the program is told
// to end is answered.
func TestServeDrains(t *testing.T) {
	listener, err := Listen(configs.SkydnsApi{Address: "127.0.0.1:0"}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	under, release, served := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		served <- serving(func(w http.ResponseWriter, _ *http.Request) {
			close(under)
			<-release
			io.WriteString(w, "done")
		}).Serve(ctx, listener)
	}()
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		answered <- string(text)
	}()
	<-under
	stop()
	close(release)
	if text := <-answered; text != "done" {
		t.Errorf("the request under way got %q", text)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestServeEndsWithSlowClient verifies that the end of the program is no
// failure because a client is slow to send its request.
func TestServeEndsWithSlowClient(t *testing.T) {
	listener, err := Listen(configs.SkydnsApi{Address: "127.0.0.1:0"}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	under, served := make(chan bool), make(chan error, 1)
	go func() {
		i := serving(func(_ http.ResponseWriter, r *http.Request) {
			close(under)
			io.ReadAll(r.Body)
		})
		i.bounds.drain, i.bounds.answer = 50*time.Millisecond, 50*time.Millisecond
		served <- i.Serve(ctx, listener)
	}()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
	<-under
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestListen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cases := []struct {
		name string
		c    configs.SkydnsApi
		want string
	}{
		{"an address that is taken", configs.SkydnsApi{Address: taken.Addr().String()}, "api-address: "},
		{"a certificate that is not there", configs.SkydnsApi{Address: "127.0.0.1:0", CertFile: "none", KeyFile: "none"}, "tls-certfile: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Listen(c.c, zerolog.Nop()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s…", err, c.want)
			}
		})
	}
}

// TestListenTLS verifies that a client which knows the certificate reaches us.
func TestListenTLS(t *testing.T) {
	sample := httptest.NewTLSServer(nil)
	sample.Close()
	cert := sample.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	c := configs.SkydnsApi{Address: "127.0.0.1:0", CertFile: filepath.Join(t.TempDir(), "cert.pem"), KeyFile: filepath.Join(t.TempDir(), "key.pem")}
	for file, block := range map[string]pem.Block{
		c.CertFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]},
		c.KeyFile:  {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(&block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := Listen(c, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serving(http.NotFound).Serve(ctx, listener) }()
	resp, err := sample.Client().Get("https://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("got %s", resp.Status)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
