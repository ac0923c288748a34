package e2e

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// replyTimeout is after how long a query counts as lost.
const replyTimeout = 5 * time.Second

// asker is a DNS client with one UDP socket. One goroutine uses it.
type asker struct {
	conn   *net.UDPConn
	nextID uint16
	buf    [4096]byte
}

// newAsker opens a socket towards the server at host:port, from the loopback
// address given or, if it is the zero value, from one that the kernel chooses.
func newAsker(server string, from netip.Addr) (*asker, error) {
	to, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		return nil, err
	}
	var local *net.UDPAddr
	if from.IsValid() {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	conn, err := net.DialUDP("udp", local, to)
	if err != nil {
		return nil, err
	}
	return &asker{conn: conn}, nil
}

func (a *asker) close() { a.conn.Close() }

// ask sends one query and returns the reply to it, which is checked to be a
// reply to just this query. It is never sent a second time.
func (a *asker) ask(name string, qtype uint16) (*dns.Msg, error) {
	a.nextID++
	query := new(dns.Msg)
	query.SetQuestion(name, qtype)
	query.Id = a.nextID
	wire, err := query.Pack()
	if err != nil {
		return nil, err
	}
	if _, err := a.conn.Write(wire); err != nil {
		return nil, err
	}
	a.conn.SetReadDeadline(time.Now().Add(replyTimeout))
	n, err := a.conn.Read(a.buf[:])
	if err != nil {
		return nil, err
	}
	reply := new(dns.Msg)
	if err := reply.Unpack(a.buf[:n]); err != nil {
		return nil, fmt.Errorf("reply does not parse: %w", err)
	}
	if !reply.Response || reply.Id != query.Id || !slices.Equal(reply.Question, query.Question) {
		return nil, fmt.Errorf("not the reply to %s: %v", name, reply)
	}
	return reply, nil
}

// addresses asks for the A records of the name and returns their addresses,
// sorted. A reply that is not NOERROR is an error.
func (a *asker) addresses(name string) ([]string, error) {
	reply, err := a.ask(name, dns.TypeA)
	if err != nil {
		return nil, err
	}
	if reply.Rcode != dns.RcodeSuccess {
		return nil, errors.New(dns.RcodeToString[reply.Rcode])
	}
	var found []string
	for _, rr := range reply.Answer {
		if a, ok := rr.(*dns.A); ok {
			found = append(found, a.A.String())
		}
	}
	slices.Sort(found)
	return found, nil
}

// expect returns an error unless the name has exactly these addresses, which
// are sorted.
func (a *asker) expect(name string, want []string) error {
	got, err := a.addresses(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s has [%s], want [%s]", name, strings.Join(got, " "), strings.Join(want, " "))
	}
	return nil
}

// testAsker is newAsker for the length of the test.
func testAsker(t *testing.T, server string) *asker {
	t.Helper()
	a, err := newAsker(server, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	return a
}

// waitFor waits until the node answers with exactly these addresses.
func waitFor(t *testing.T, a *asker, name string, want ...string) {
	t.Helper()
	lab.Eventually(t, "wait for the answer", func() error { return a.expect(name, want) })
}
