package main

import (
	"fmt"
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
