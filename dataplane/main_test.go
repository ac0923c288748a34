package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServe verifies that the program answers from kernel sockets, takes over a
// snapshot that appears later, shows its counters, and ends on SIGTERM with code 0.
func TestServe(t *testing.T) {
	server, statistics, dir := freeAddr(t), freeAddr(t), t.TempDir()
	p := start(t, configFile(t, fmt.Sprintf("dns-addr = %q\n[Stats]\nstatsServer = %q\n[Dataplane]\nsnapshot-dir = %q\n",
		server, statistics, dir)))
	if got := ask(t, server, "www.example."); got != "SERVFAIL" {
		t.Errorf("without a snapshot: %s, want SERVFAIL", got)
	}
	publish(t, dir)
	for end := time.Now().Add(patience); ask(t, server, "www.example.") != "NOERROR"; {
		if time.Now().After(end) {
			t.Fatal("the snapshot is not taken over")
		}
	}
	if got := ask(t, server, "none.example."); got != "NXDOMAIN" {
		t.Errorf("a name that does not exist: %s, want NXDOMAIN", got)
	}
	resp, err := http.Get("http://" + statistics.String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), `verdict="nxdomain"} 1`) {
		t.Errorf("metrics: %v, want one NXDOMAIN in:\n%s", err, body)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(t); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
}

// TestFailures verifies that what is wrong is said in one line that says what
// to do, and the exit code.
func TestFailures(t *testing.T) {
	busy, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	free := freeAddr(t)
	tests := []struct {
		name   string
		args   []string
		config string
		code   int
		want   []string
	}{
		{"unknown flag", []string{"-x"}, "", 2, []string{"-x"}},
		{"unknown key", []string{"-check-config"}, "no-key = 1\n", 1, []string{"skydns.toml:5", "no-key"}},
		{"right configuration", []string{"-check-config"}, "", 0, nil},
		{"port in use", nil, fmt.Sprintf("dns-addr = %q\n", busy.LocalAddr()), 1,
			[]string{busy.LocalAddr().String(), "another program", "dns-addr"}},
		{"address of another machine", nil, "dns-addr = \"192.0.2.1:53\"\n", 1,
			[]string{"192.0.2.1:53", "no such address", "dns-addr"}},
		{"statistics port in use", nil, fmt.Sprintf("dns-addr = %q\n[Stats]\nstatsServer = %q\n", free, hold(t)), 1,
			[]string{"statsServer"}},
		{"foreign core", nil, fmt.Sprintf("dns-addr = %q\n[Dataplane]\ncores = [1023]\n", free), 1,
			[]string{"core 1023", "[Dataplane]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := command(append([]string{"-config-file", configFile(t, tt.config)}, tt.args...)...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("stderr lacks %q: %s", want, &stderr)
				}
			}
		})
	}
}
