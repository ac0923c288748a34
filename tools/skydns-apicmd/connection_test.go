package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/record"
)

// domains are those of a configuration.
func domains(t *testing.T, c *configs.Config) *record.Domains {
	t.Helper()
	d, err := record.NewDomains(c.Dns.Domains)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestHTTPS verifies that an interface with a certificate of its own is used
// where -ca names it, and is not trusted where nothing does.
func TestHTTPS(t *testing.T) {
	addr, _ := serveAPI(t)
	if code, _, stderr := command(addr, "-domain n -method create -ips 10.0.0.1"); code != 0 {
		t.Fatal(stderr)
	}
	server := httptest.NewUnstartedServer(forwardTo(addr))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the client that does not trust it
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := command(server.URL, "-show n -ca "+ca); code != 0 || !strings.Contains(stdout, "10.0.0.1") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	if code, _, stderr := command(server.URL, "-show n"); code != configs.ExitFailed || !strings.Contains(stderr, "certificate") {
		t.Errorf("without -ca: exit code %d, %s", code, stderr)
	}
	if code, _, stderr := command(server.URL, "-show n -ca "+ca+".none"); code != configs.ExitFailed || !strings.Contains(stderr, "-ca: ") {
		t.Errorf("without a file: exit code %d, %s", code, stderr)
	}
}

// TestConnection verifies what a configuration file says of a connection.
func TestConnection(t *testing.T) {
	for _, c := range []struct {
		name, api, addr, ca string
	}{
		{"an address", "api-address = \"192.0.2.1:9001\"", "192.0.2.1:9001", ""},
		{"every address", "api-address = \"0.0.0.0:9001\"", "127.0.0.1:9001", ""},
		{"every IPv6 address", "api-address = \"[::]:9001\"", "[::1]:9001", ""},
		{"no host", "api-address = \":9001\"", "127.0.0.1:9001", ""},
		{"TLS", "tls-certfile = \"c\"\ntls-keyfile = \"k\"", "https://127.0.0.1:9001", "c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "skydns.toml")
			text := fmt.Sprintf("[Dns]\ndns-domain = \"skydns.local\"\n[SkydnsApi]\nskydns-auth = \"t\"\n%s\n", c.api)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			got := connection{configFile: file}
			if err := got.complete(); err != nil || got.addr != c.addr || got.ca != c.ca || got.token != "t" || got.statsAddr != "" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// TestCheckConfig verifies -check-config of a good and of a bad file.
func TestCheckConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "skydns.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[Dns]\ndns-domain = \"skydns.local\"\n")
	if code, stdout, _ := command("", "-check-config -config-file "+file); code != 0 || stdout != file+": no problems\n" {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	write("[Dns]\ndns-domain = \"skydns.local\"\nx = 1\n")
	if code, _, stderr := command("", "-check-config -config-file "+file); code != configs.ExitFailed || !strings.Contains(stderr, file+":3: [Dns] x: no such key") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// TestCompletion verifies that each shell's script has every flag, and that the
// shell can read it.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			code, script, stderr := command("", "-completion "+shell)
			if code != 0 {
				t.Fatal(stderr)
			}
			for _, flag := range []string{"list", "show", "domain", "method", "import", "status", "completion"} {
				if !strings.Contains(script, flag) {
					t.Errorf("no %s", flag)
				}
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed", shell)
			}
			check := exec.Command(path, "-n")
			check.Stdin = strings.NewReader(script)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// TestCompletionInBash verifies what bash completes.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	_, script, _ := command("", "-completion bash")
	for line, want := range map[string]string{
		"skydns-apicmd -meth": "-method", "skydns-apicmd -method up": "update", "skydns-apicmd -o j": "json", "skydns-apicmd -completion z": "zsh",
	} {
		words := strings.Fields(line)
		ask := fmt.Sprintf("%s\nCOMP_WORDS=(%s); COMP_CWORD=%d; _skydns_apicmd; echo \"${COMPREPLY[@]}\"", script, line, len(words)-1)
		out, err := exec.Command(bash, "-c", ask).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %s, want %s: %v", line, out, want, err)
		}
	}
}

// forwardTo passes requests on to another server.
func forwardTo(addr string) http.Handler {
	return httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: addr})
}
