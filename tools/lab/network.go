package lab

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
)

// localPriority is that of the rule for what is for the namespace of the test
// itself: behind those of Network.Lose.
const localPriority = 10_000

// Network is places joined by links to the namespace of the test, which routes
// between them and, like a broken switch, can lose packets without a word: no
// connection is reset, no host is unreachable. It needs Apart.
type Network struct {
	priority int64 // of its rules, which nothing else has
	lost     int   // those rules
}

// Place is where programs run: a network namespace of its own. It ends with
// its test. A nil Place is the test's own namespace.
type Place struct {
	Addr string // IPv4

	pid int // of the process that keeps the namespace
}

// What is made has a number of its own: the kernel removes a link some time
// after its namespace.
var networksMade, placesMade atomic.Int64

// NewNetwork makes a network without places.
func NewNetwork(tb testing.TB) *Network {
	tb.Helper()
	if err := Apart(); err != nil {
		tb.Fatalf("lab: no network: %v", err)
	}
	n := &Network{priority: networksMade.Add(1)}
	tb.Cleanup(func() { n.Mend(tb) })
	return n
}

// NewPlace adds a place.
func (n *Network) NewPlace(tb testing.TB) *Place {
	tb.Helper()
	number := placesMade.Add(1)
	keeper := startCommand(tb, "keeper", ownNetwork(), "sleep", "infinity")
	p := &Place{Addr: fmt.Sprintf("10.77.%d.2", number), pid: keeper.PID()}
	router, link := fmt.Sprintf("10.77.%d.1", number), fmt.Sprintf("place%d", number)
	must(tb, ip(fmt.Sprintf("link add name %s type veth peer name eth0 netns %d", link, p.pid)))
	must(tb, ip(fmt.Sprintf("address add %s/30 dev %s", router, link)))
	must(tb, ip("link set "+link+" up"))
	for _, line := range []string{"link set lo up", "address add " + p.Addr + "/30 dev eth0", "link set eth0 up", "route add default via " + router} {
		must(tb, p.ip(line))
	}
	return p
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatalf("lab: %v", err)
	}
}

// Port is host:port of a port there.
func (p *Place) Port(port int) string { return net.JoinHostPort(p.Addr, strconv.Itoa(port)) }

// Start starts a program of Main there.
func (p *Place) Start(tb testing.TB, program string, args ...string) *Process {
	tb.Helper()
	line := p.within(append([]string{filepath.Join(Programs(), program)}, args...)...)
	return startCommand(tb, program, new(syscall.SysProcAttr), line...)
}

// within is the command line that runs one there.
func (p *Place) within(line ...string) []string {
	if p == nil {
		return line
	}
	return append([]string{"nsenter", "--net=/proc/" + strconv.Itoa(p.pid) + "/ns/net", "--"}, line...)
}

// Lose loses what one place sends to another until Mend; nil is all places,
// the test's too.
func (n *Network) Lose(tb testing.TB, from, to *Place) {
	tb.Helper()
	must(tb, ip(fmt.Sprintf("rule add priority %d from %s to %s blackhole", n.priority, from.selector(), to.selector())))
	n.lost++
}

// Part loses what two places send to each other, likewise.
func (n *Network) Part(tb testing.TB, a, b *Place) {
	tb.Helper()
	n.Lose(tb, a, b)
	n.Lose(tb, b, a)
}

// Mend lets all packets pass again.
func (n *Network) Mend(tb testing.TB) {
	tb.Helper()
	for ; n.lost > 0; n.lost-- {
		must(tb, ip(fmt.Sprintf("rule del priority %d", n.priority)))
	}
}

// selector is the place in a rule of the kernel.
func (p *Place) selector() string {
	if p == nil {
		return "all"
	}
	return p.Addr
}
