package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestReload verifies that a SIGHUP changes answers while dataplane runs.
func TestReload(t *testing.T) {
	dir, addr := t.TempDir(), freeAddr(t)
	publish(t, dir)
	file := configFile(t, fmt.Sprintf("dns-addr = %q\nnameservers = \"none\"\n[Dataplane]\nsnapshot-dir = %q\n", addr, dir))
	p := start(t, file)
	identity := func() string {
		t.Helper()
		query := new(dns.Msg).SetQuestion("id.server.", dns.TypeTXT)
		query.Question[0].Qclass = dns.ClassCHAOS
		c := dns.Client{Timeout: patience}
		reply, _, err := c.Exchange(query, addr.String())
		if err != nil {
			t.Fatal(err)
		}
		if len(reply.Answer) == 0 {
			return dns.RcodeToString[reply.Rcode]
		}
		return reply.Answer[0].(*dns.TXT).Txt[0]
	}
	if got := identity(); got != "REFUSED" {
		t.Fatalf("id.server is %s", got)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "[Answers]\nidentity = \"node-1\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); identity() != "node-1"; time.Sleep(5 * time.Millisecond) {
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil || time.Now().After(end) {
			t.Fatalf("the new identity is not told: %v", err)
		}
	}
}

// TestReloadToken verifies that a SIGHUP changes the token of the statistics.
func TestReloadToken(t *testing.T) {
	statistics := freeAddr(t)
	file := configFile(t, fmt.Sprintf("dns-addr = %q\n[Dataplane]\nsnapshot-dir = %q\n[Stats]\nstatsServer = %q\nstatsServerAuthToken = \"before\"\n",
		freeAddr(t), t.TempDir(), statistics))
	p := start(t, file)
	code := func(token string) int {
		t.Helper()
		resp, err := http.Get("http://" + statistics.String() + "/skydns/stats?token=" + token)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if code("before") != http.StatusOK || code("after") != http.StatusUnauthorized {
		t.Fatal("the first token is not the one that counts")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("before"), []byte("after")), 0o600); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); code("after") != http.StatusOK; time.Sleep(5 * time.Millisecond) {
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil || time.Now().After(end) {
			t.Fatalf("the new token is not taken: %v", err)
		}
	}
	if got := code("before"); got != http.StatusUnauthorized {
		t.Errorf("the old token: status %d", got)
	}
}
