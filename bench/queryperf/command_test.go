package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// server answers on a loopback address of its own as answer says; nil is no answer.
func server(t *testing.T, answer func(q *dns.Msg) *dns.Msg) netip.AddrPort {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: c, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if m := answer(q); m != nil {
			_ = w.WriteMsg(m)
		}
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { s.Shutdown() })
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

// reply answers with one address.
func reply(q *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	rr, err := dns.NewRR(q.Question[0].Name + " 30 A 192.0.2.1")
	if err != nil {
		return nil
	}
	m.Answer = append(m.Answer, rr)
	return m
}

// queries writes a file of n queries.
func queries(t *testing.T, n int) string {
	t.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "name%d.example A\n", i)
	}
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// perform runs the program on a server.
func perform(t *testing.T, s netip.AddrPort, args ...string) (*result, *options) {
	t.Helper()
	o, err := parse(append([]string{"-s", s.Addr().String(), "-p", fmt.Sprint(s.Port())}, args...))
	if err != nil {
		t.Fatal(err)
	}
	r, err := run(o)
	if err != nil {
		t.Fatal(err)
	}
	return r, o
}

// patient makes no query be lost because the machine has no time for this test.
const patient = "-t 600 "

// TestRun verifies that every query is asked and every answer counted, over
// one flow and over many, one thread and two, paced and not.
func TestRun(t *testing.T) {
	const n = 100 // all of them fit into a socket's buffer
	data := queries(t, n)
	s := server(t, reply)
	for _, args := range []string{
		"-d DATA", "-d DATA -q 1", "-d DATA -n 3", "-d DATA -A 127.0.0.2,127.0.0.3 -P 5 -W 2",
		"-d DATA -W 3 -q 100", "-d DATA -T 20000", "-d DATA -e -i 0.001",
	} {
		t.Run(args, func(t *testing.T) {
			r, o := perform(t, s, strings.Fields(strings.ReplaceAll(patient+args, "DATA", data))...)
			want := o.total(n)
			if sent, completed := r.sent.Load(), r.completed.Load(); sent != want || completed != want || r.lost.Load() != 0 {
				t.Errorf("%d sent, %d completed, %d lost, want %d", sent, completed, r.lost.Load(), want)
			}
			if r.rcode[0] != want || r.rtt.Count() != want || r.wrong+r.delayed+r.truncated > 0 {
				t.Errorf("%+v, %d wrong, %d delayed, %d truncated", r.rcode, r.wrong, r.delayed, r.truncated)
			}
		})
	}
}

// TestLost verifies that queries without an answer are lost after the timeout,
// and that late answers are counted as such.
func TestLost(t *testing.T) {
	s := server(t, func(q *dns.Msg) *dns.Msg {
		if strings.HasPrefix(q.Question[0].Name, "name1") {
			return nil
		}
		return reply(q)
	})
	r, _ := perform(t, s, "-d", queries(t, 20), "-t", "0.2")
	if r.lost.Load() != 11 || r.completed.Load() != 9 {
		t.Errorf("%d lost and %d completed, want 11 and 9", r.lost.Load(), r.completed.Load())
	}
}

// TestOpenLoop verifies that a server that stops for a while is charged for
// all the queries that were due meanwhile, not for those alone that were sent.
// A machine without time can only charge it for more.
func TestOpenLoop(t *testing.T) {
	const stop = 200 * time.Millisecond
	var stopped atomic.Bool
	s := server(t, func(q *dns.Msg) *dns.Msg {
		if strings.HasPrefix(q.Question[0].Name, "name50.") && !stopped.Swap(true) {
			time.Sleep(stop)
		}
		return reply(q)
	})
	r, _ := perform(t, s, append(strings.Fields(patient), "-d", queries(t, 500), "-T", "1000", "-q", "1")...)
	if n := r.rtt.Count(); n != 500 {
		t.Fatalf("%d answers", n)
	}
	if p := r.rtt.Quantile(0.85); p < stop/4 {
		t.Errorf("p85 is %v although 150 of 500 queries were due more than %v before the server went on", p, stop/4)
	}
}

// TestWrong verifies that answers to another question, and such as are not
// expected, are found.
func TestWrong(t *testing.T) {
	data := queries(t, 10)
	file := filepath.Join(t.TempDir(), "expected")
	if err := os.WriteFile(file, []byte("name3.example A NOERROR 192.0.2.99\nname4.example A NOERROR 192.0.2.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, _ := perform(t, server(t, reply), "-d", data, "-c", file); r.wrong != 1 {
		t.Errorf("%d are wrong by the file, want 1", r.wrong)
	}
	other := func(q *dns.Msg) *dns.Msg {
		m := reply(q)
		m.Question[0].Name = "other.example."
		return m
	}
	if r, _ := perform(t, server(t, other), "-d", data); r.wrong != 10 {
		t.Errorf("%d are wrong by the question, want 10", r.wrong)
	}
}

// TestSummary verifies the lines that scripts look for in ISC's summary, the
// object in JSON, and the file of RTT data.
func TestSummary(t *testing.T) {
	rtt := filepath.Join(t.TempDir(), "rtt")
	r, o := perform(t, server(t, reply), "-d", queries(t, 10), "-c", "-H", rtt, "-u", "1000000")
	var text bytes.Buffer
	if err := r.print(&text, o); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nStatistics:\n\n  Parse input file:     once\n  Ended due to:         reaching end of file\n",
		"\n  Queries sent:         10 queries\n  Queries completed:    10 queries\n  Queries lost:         0 queries\n  Queries delayed(?):   0 queries\n",
		"\n  RTT max:              0.", "\n  RTT p99.9:            0.", "\n  Returned  NOERROR:    10 queries\n",
		"\n  Percentage completed: 100.00%\n  Percentage lost:        0.00%\n",
		"\n  Started at:           ", "\n  Ran for:              0.", "\n  Queries per second:   ",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the summary lacks %q:\n%s", want, &text)
		}
	}
	if data, err := os.ReadFile(rtt); err != nil || string(data) != "1000000 10\n" {
		t.Errorf("RTT data %q, %v", data, err)
	}
	o.json, o.histogram = true, ""
	text.Reset()
	if err := r.print(&text, o); err != nil {
		t.Fatal(err)
	}
	var object struct {
		Completed int
		RTT       map[string]float64 `json:"rtt_us"`
		Rcodes    map[string]int
	}
	if err := json.Unmarshal(text.Bytes(), &object); err != nil || object.Completed != 10 || object.Rcodes["NOERROR"] != 10 || object.RTT["p99"] == 0 {
		t.Errorf("%v: %s", err, &text)
	}
}

// TestExitCodes verifies the code of each kind of end.
func TestExitCodes(t *testing.T) {
	s := server(t, reply)
	data := queries(t, 3)
	host, port := s.Addr().String(), fmt.Sprint(s.Port())
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"done":            {[]string{"-s", host, "-p", port, "-d", data}, exitDone},
		"help":            {[]string{"-h"}, exitDone},
		"version":         {[]string{"-version"}, exitDone},
		"configuration":   {[]string{"-check-config"}, exitDone},
		"no such option":  {[]string{"-config-file", data}, exitUsage},
		"no such file":    {[]string{"-d", data + ".none"}, exitFailed},
		"no such name":    {[]string{"-s", "none.invalid", "-d", data}, exitFailed},
		"wrong usage":     {[]string{"-z"}, exitUsage},
		"foreign address": {[]string{"-s", host, "-d", data, "-A", "203.0.113.1"}, exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := command(c.args); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}

// TestAskerAllocations verifies that a thread asks and hears without allocating.
func TestAskerAllocations(t *testing.T) {
	d, err := load(defaults(), strings.NewReader("a.example A\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := openSockets(server(t, func(*dns.Msg) *dns.Msg { return nil }), nil, 2, 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	a := &asker{data: d, way: s, window: newWindow(2, 0), step: 1, start: time.Now(), pace: pace{outstanding: 100}}
	if n := testing.AllocsPerRun(10, func() { a.ask(a.now(), batch); a.hear(0); a.window.expire(1<<62, 0) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
