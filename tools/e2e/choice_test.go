package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

// waitForChoice waits until the client gets an address that is wanted.
func waitForChoice(t *testing.T, n *lab.Node, from netip.Addr, want func(ip string) bool) {
	t.Helper()
	lab.Eventually(t, "wait for the change", func() error {
		ip, err := choice(n.DNS, from)
		if err == nil && !want(ip) {
			err = fmt.Errorf("still %s", ip)
		}
		return err
	})
}

// TestHoneOne verifies that a client keeps its address: when another one goes
// DOWN, over a restart of both processes, and on another node.
func TestHoneOne(t *testing.T) {
	lab.Need(t, "etcdctl")
	etcd := lab.StartEtcd(t)
	n := lab.StartNode(t, etcd.URL, "hone-one")
	n.MustPost(t, "cctv2", cctv2JSON)
	waitForChoice(t, n, netip.MustParseAddr("127.0.0.1"), func(string) bool { return true })

	before := choices(t, n.DNS)
	checkSpread(t, "all up", before, cctv2IPs)
	same(t, "asked again", before, choices(t, n.DNS))

	const down = "192.168.10.3"
	mover := clients()[slices.Index(before, down)]
	setStatus(t, n, down, "DOWN")
	waitForChoice(t, n, mover, func(ip string) bool { return ip != down })
	checkSpread(t, "those that moved", movedFrom(t, down, before, choices(t, n.DNS)), cctv2IPs[:2])

	setStatus(t, n, down, "UP")
	waitForChoice(t, n, mover, func(ip string) bool { return ip == down })
	same(t, "UP again", before, choices(t, n.DNS))

	for _, p := range []*lab.Process{n.Control, n.Dataplane} {
		if code := p.Terminate(t); code != 0 {
			t.Errorf("exit code %d after SIGTERM", code)
		}
	}
	n.StartControl(t)
	n.StartDataplane(t)
	n.WaitReady(t)
	waitForChoice(t, n, mover, func(ip string) bool { return ip == down })
	same(t, "both restarted", before, choices(t, n.DNS))

	second := lab.StartNode(t, etcd.URL, "hone-one")
	waitForChoice(t, second, mover, func(ip string) bool { return ip == down })
	same(t, "the second node", before, choices(t, second.DNS))
}

// movedFrom returns what the clients of the address that went DOWN got after
// that. Every other client has to have kept what it had.
func movedFrom(t *testing.T, down string, before, after []string) []string {
	t.Helper()
	var moved []string
	for i := range before {
		if before[i] == down {
			moved = append(moved, after[i])
		} else if after[i] != before[i] {
			t.Fatalf("%s went DOWN and client %s moved from %s to %s", down, clients()[i], before[i], after[i])
		}
	}
	return moved
}

// same wants every client to have what it had.
func same(t *testing.T, when string, before, now []string) {
	t.Helper()
	moved := 0
	for i := range before {
		if before[i] != now[i] {
			moved++
		}
	}
	t.Logf("%s: %d of %d clients moved", when, moved, len(before))
	if moved > 0 {
		t.Errorf("%s: %d of %d clients moved, want none", when, moved, len(before))
	}
}

// TestRandomOne verifies that one address is answered, each as often as the
// others, to one client as to many.
func TestRandomOne(t *testing.T) {
	n := lab.StartNode(t, "", "random-one")
	n.MustPost(t, "cctv2", cctv2JSON)
	from := netip.MustParseAddr("127.0.0.1")
	waitForChoice(t, n, from, func(string) bool { return true })
	checkSpread(t, "one query of each client", choices(t, n.DNS), cctv2IPs)

	a := testAsker(t, n.DNS)
	var got []string
	for range 10_000 {
		ips, err := a.addresses(cctv2)
		if err != nil || len(ips) != 1 {
			t.Fatalf("answer %v, %v, want one address", ips, err)
		}
		got = append(got, ips[0])
	}
	checkSpread(t, "queries of one client", got, cctv2IPs)
}
