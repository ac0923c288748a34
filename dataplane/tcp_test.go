package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestTCP verifies that TCP answers with whole RRsets of thousands of records,
// where UDP has to say that they do not fit, many times on one connection.
func TestTCP(t *testing.T) {
	server, dir := freeAddr(t), t.TempDir()
	publishLarge(t, dir)
	p := start(t, configFile(t, fmt.Sprintf("dns-addr = %q\n[Dataplane]\nsnapshot-dir = %q\n", server, dir)))
	tests := []struct {
		name      string
		qtype     uint16
		records   int
		truncated bool
	}{
		{"www.example.", dns.TypeA, 1, false},
		{"large.example.", dns.TypeA, 4000, false},
		{"large.example.", dns.TypeTXT, 1200, false},
		{"large.example.", dns.TypeAAAA, 0, true}, // 3,000 of 28 octets are no message
	}
	conn, err := dns.DialTimeout("tcp", server.String(), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, tt := range tests {
		t.Run(tt.name+" "+dns.TypeToString[tt.qtype], func(t *testing.T) {
			query := new(dns.Msg).SetQuestion(tt.name, tt.qtype)
			over, err := dns.Exchange(query, server.String())
			if err != nil {
				t.Fatal(err)
			}
			if over.Truncated != (tt.records != 1) || !over.Truncated && len(over.Answer) != tt.records {
				t.Errorf("UDP: TC %v with %d records", over.Truncated, len(over.Answer))
			}
			if err := conn.WriteMsg(query); err != nil {
				t.Fatal(err)
			}
			reply, err := conn.ReadMsg()
			if err != nil {
				t.Fatal(err)
			}
			if reply.Truncated != tt.truncated || len(reply.Answer) != tt.records {
				t.Errorf("TCP: TC %v with %d records, want %v with %d", reply.Truncated, len(reply.Answer), tt.truncated, tt.records)
			}
		})
	}
	expectKeepalive(t, conn)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(t); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
}

// expectKeepalive verifies that a client that asks is told how long it may be idle.
func expectKeepalive(t *testing.T, conn *dns.Conn) {
	t.Helper()
	query := new(dns.Msg).SetQuestion("www.example.", dns.TypeA).SetEdns0(1232, false)
	query.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE}}
	if err := conn.WriteMsg(query); err != nil {
		t.Fatal(err)
	}
	reply, err := conn.ReadMsg()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range reply.IsEdns0().Option {
		if told, ok := o.(*dns.EDNS0_TCP_KEEPALIVE); ok && told.Timeout == keepalive {
			return
		}
	}
	t.Errorf("the reply has no edns-tcp-keepalive of %d: %v", keepalive, reply.IsEdns0())
}

// TestTCPPortInUse verifies that a TCP port that another program has is named.
func TestTCPPortInUse(t *testing.T) {
	addr := hold(t)
	cmd := command("-config-file", configFile(t, fmt.Sprintf("dns-addr = %q\n", addr)))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(out), addr+" (TCP): another program has this port") {
		t.Errorf("%v, want an error that names %s: %s", err, addr, out)
	}
}

// publishLarge publishes names with RRsets of thousands of records.
func publishLarge(t *testing.T, dir string) {
	t.Helper()
	publish(t, dir)
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var a, aaaa, txt [][]byte
	address := netip.MustParseAddr("2001:db8::").As16()
	for i := range 4000 {
		binary.BigEndian.PutUint32(address[12:], uint32(i))
		a = append(a, []byte{10, 0, byte(i >> 8), byte(i)})
		aaaa = append(aaaa, append([]byte(nil), address[:]...))
		txt = append(txt, fmt.Appendf(nil, "%c%036d", 36, i))
	}
	owner, err := wire.ParseName("large.example.")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Put(owner, []snapshot.RRset{
		{Type: wire.TypeA, TTL: 30, Data: a},
		{Type: wire.TypeTXT, TTL: 30, Data: txt[:1200]},
		{Type: wire.TypeAAAA, TTL: 30, Data: aaaa[:3000]},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTCPSurvivesDamage verifies that a snapshot that somebody shortens costs one
// reply over TCP, and then SERVFAIL, but not the service.
func TestTCPSurvivesDamage(t *testing.T) {
	server, dir := freeAddr(t), t.TempDir()
	publish(t, dir)
	start(t, configFile(t, fmt.Sprintf("dns-addr = %q\n[Dataplane]\nsnapshot-dir = %q\n", server, dir)))
	rcode := func() string {
		c := dns.Client{Net: "tcp", Timeout: time.Second}
		reply, _, err := c.Exchange(new(dns.Msg).SetQuestion("www.example.", dns.TypeA), server.String())
		if err != nil {
			return err.Error()
		}
		return dns.RcodeToString[reply.Rcode]
	}
	if got := rcode(); got != "NOERROR" {
		t.Fatalf("before: %s", got)
	}
	generations, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	if err != nil || len(generations) == 0 {
		t.Fatalf("generations: %v, %v", generations, err)
	}
	for _, g := range generations {
		if err := os.Truncate(g, 0); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(patience); rcode() != "SERVFAIL"; {
		if time.Now().After(end) {
			t.Fatal("no SERVFAIL")
		}
	}
}
