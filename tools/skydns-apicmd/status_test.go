package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/api"
	"github.com/ipdcode/skydns/control/publish"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/stats"
)

const statsToken = "stats-token"

// wholeNode runs control's parts over an embedded etcd, and dataplane's
// statistics; it returns a configuration file for them, once all is published.
func wholeNode(t *testing.T, errors func() []json.RawMessage) (configFile string) {
	t.Helper()
	etcd, err := store.Open(t.Context(), store.Config{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { etcd.Close() })
	writer, err := snapshot.OpenWriter(snapshot.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writer.Close() })
	config, err := configs.Parse("test", []byte("[Dns]\ndns-domain = \"skydns.local\"\n[SkydnsApi]\nskydns-auth = \""+token+"\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	publisher := publish.New(publish.Config{Domains: domains(t, config), MonitorPath: string(config.Dns.MonitorPath), Log: zerolog.Nop()}, writer)
	registry := prometheus.NewRegistry()
	registry.MustRegister(etcd.Collectors()...)
	registry.MustRegister(publisher.Collectors()...)
	follow(t, etcd, publisher)
	h, err := api.New(api.Options{
		Config: config, Token: func() string { return token }, Store: etcd, Ready: publisher.Ready, Registry: registry, Errors: errors, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	statistics, err := stats.NewServer(stats.Config{Addr: "127.0.0.1:0", Token: func() string { return statsToken }, Snapshot: new(stats.Snapshot)})
	if err != nil {
		t.Fatal(err)
	}
	go statistics.Serve()
	t.Cleanup(func() { statistics.Close() })
	configFile = filepath.Join(t.TempDir(), "skydns.toml")
	text := fmt.Sprintf("[Dns]\ndns-domain = \"skydns.local\"\n[SkydnsApi]\napi-address = %q\nskydns-auth = %q\n[Stats]\nstatsServer = %q\nstatsServerAuthToken = %q\n",
		server.Listener.Addr(), token, statistics.Addr(), statsToken)
	if err := os.WriteFile(configFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return configFile
}

// status runs -status with nothing in the environment.
func status(args string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), strings.Fields("-status "+args), func(string) string { return "" }, &out, &errs)
	return code, out.String(), errs.String()
}

// TestStatus verifies what is said of a node that is well, and that the exit
// code of scripts follows it.
func TestStatus(t *testing.T) {
	failed := json.RawMessage(`{"level":"error","time":"2026-11-22T10:00:00Z","error":"no space","message":"the snapshot cannot be written"}`)
	file := wholeNode(t, func() []json.RawMessage { return []json.RawMessage{failed} })
	code, stdout, stderr := status("-config-file " + file)
	for _, want := range []string{"control    ok ", "ready, version", "etcd       ok      followed, revision ", "snapshot   ok ", " in 1 zones", "dataplane  ok ", " 0 queries",
		"error      2026-11-22T10:00:00Z the snapshot cannot be written: no space\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	if code != configs.ExitDone || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	code, stdout, _ = status("-o json -config-file " + file)
	var r report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 || !r.OK || len(r.Parts) != 4 || len(r.Errors) != 1 {
		t.Errorf("exit code %d, %v\n%s", code, err, stdout)
	}
	code, stdout, stderr = status("-stats-token wrong -config-file " + file)
	if code != configs.ExitFailed || !strings.Contains(stdout, "dataplane  FAILED ") || stderr != "skydns-apicmd: not well: dataplane\n" {
		t.Errorf("exit code %d, stderr %q\n%s", code, stderr, stdout)
	}
	code, stdout, _ = status("-token wrong -config-file " + file)
	if code != configs.ExitFailed || !strings.Contains(stdout, "control    FAILED  ERR, token") {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
}

// TestStatusOfDeadNode verifies that a node where nobody answers is said to be
// in each part, with exit code 1.
func TestStatusOfDeadNode(t *testing.T) {
	code, stdout, stderr := status("-addr 127.0.0.1:1 -stats-addr 127.0.0.1:1")
	if code != configs.ExitFailed || strings.Count(stdout, "FAILED") != 4 || stderr != "skydns-apicmd: not well: control, etcd, snapshot, dataplane\n" {
		t.Errorf("exit code %d, stderr %q\n%s", code, stderr, stdout)
	}
}

// TestStatusLeavesDataplaneOut verifies that a dataplane which is not asked is
// said to be skipped.
func TestStatusLeavesDataplaneOut(t *testing.T) {
	code, stdout, _ := status("-addr 127.0.0.1:1")
	if code != configs.ExitFailed || !strings.Contains(stdout, "dataplane  skipped its address is not known") {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
	code, stdout, _ = status("-addr 127.0.0.1:1 -o json")
	var r report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != configs.ExitFailed || len(r.Parts) != 4 || !r.Parts[3].Skipped || !r.Parts[3].OK {
		t.Errorf("exit code %d, %v\n%s", code, err, stdout)
	}
}

// TestStatusNotReady verifies what is said of a control that has not published
// yet.
func TestStatusNotReady(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"version":"1","started":"2026-11-22T10:00:00Z","errors":[]}`)
	})
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "ERR, not ready")
	})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "# HELP x y\nskydns_etcd_connected 0\nskydns_etcd_age_seconds -1\nskydns_publish_ready 0\n")
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	code, stdout, _ := status("-addr " + server.URL)
	for _, want := range []string{"control    FAILED  ERR, not ready", "etcd       FAILED  not followed, never yet", "snapshot   FAILED  the first complete"} {
		if !strings.Contains(stdout, want) || code != configs.ExitFailed {
			t.Errorf("exit code %d, %q is not in\n%s", code, want, stdout)
		}
	}
}

// follow publishes what etcd holds until the test ends, and waits until all of
// it is published.
func follow(t *testing.T, etcd *store.Store, publisher *publish.Publisher) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	changes, done := make(chan store.Batch), make(chan bool, 2)
	go func() { publisher.Run(ctx, changes); done <- true }()
	go func() { etcd.Follow(ctx, []string{"/skydns/"}, changes); done <- true }()
	t.Cleanup(func() { stop(); <-done; <-done })
	for end := time.Now().Add(time.Minute); !publisher.Ready(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is published after a minute")
		}
	}
}
