package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

// cctv2 is the ancestor's example of a name with several addresses.
const (
	cctv2     = "cctv2.skydns.local."
	cctv2JSON = `{"type":"A","ips":["192.168.10.1","192.168.10.2","192.168.10.3"]}`
)

var cctv2IPs = []string{"192.168.10.1", "192.168.10.2", "192.168.10.3"}

// setStatus writes an address's state into etcd as a scanner or a person does.
func setStatus(t *testing.T, n *lab.Node, ip, status string) {
	t.Helper()
	lab.Etcdctl(t, n.Etcd, "put", "/skydns/monitor/status/"+ip, fmt.Sprintf(`{"status":%q}`, status))
}

// TestHealth verifies that an address that is DOWN is not answered, that it
// returns, and that an answer is given even if all are DOWN.
func TestHealth(t *testing.T) {
	lab.Need(t, "etcdctl")
	n := lab.StartNode(t, "", "")
	n.MustPost(t, "cctv2", cctv2JSON)
	a := testAsker(t, n.DNS)
	waitFor(t, a, cctv2, cctv2IPs...)

	setStatus(t, n, "192.168.10.3", "DOWN")
	waitFor(t, a, cctv2, cctv2IPs[:2]...)
	for range 200 {
		if err := a.expect(cctv2, cctv2IPs[:2]); err != nil {
			t.Fatal("while .3 is DOWN: ", err)
		}
	}
	setStatus(t, n, "192.168.10.3", "UP")
	waitFor(t, a, cctv2, cctv2IPs...)

	for _, ip := range cctv2IPs[:2] {
		setStatus(t, n, ip, "DOWN")
	}
	waitFor(t, a, cctv2, "192.168.10.3")
	setStatus(t, n, "192.168.10.3", "DOWN")
	waitFor(t, a, cctv2, cctv2IPs...)
}

// clients are 10,000 addresses of the loopback network, as dense as those of
// real clients are.
func clients() []netip.Addr {
	all := make([]netip.Addr, 10_000)
	for i := range all {
		all[i] = netip.AddrFrom4([4]byte{127, 77, byte(i / 250), byte(1 + i%250)})
	}
	return all
}

// choices asks the server for cctv2 once from every client and returns the
// one address that each got. An answer of another form fails the test.
func choices(t *testing.T, server string) []string {
	t.Helper()
	from := clients()
	got := make([]string, len(from))
	errs := make(chan error, len(from))
	const workers = 4
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(from); i += workers {
				var err error
				if got[i], err = choice(server, from[i]); err != nil {
					errs <- fmt.Errorf("client %s: %w", from[i], err)
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		t.Fatal(err)
	default:
	}
	return got
}

// choice asks for cctv2 from one client.
func choice(server string, from netip.Addr) (string, error) {
	a, err := newAsker(server, from)
	if err != nil {
		return "", err
	}
	defer a.close()
	got, err := a.addresses(cctv2)
	if err != nil {
		return "", err
	}
	if len(got) != 1 || !slices.Contains(cctv2IPs, got[0]) {
		return "", fmt.Errorf("answer %v, want one address of cctv2", got)
	}
	return got[0], nil
}

// checkSpread wants each of the addresses about equally often. With two or
// three of them chance exceeds the bound once in a million times.
func checkSpread(t *testing.T, what string, got []string, among []string) {
	t.Helper()
	counts := map[string]int{}
	for _, ip := range got {
		counts[ip]++
	}
	expected := float64(len(got)) / float64(len(among))
	sum, chi2 := 0, 0.0
	for _, ip := range among {
		d := float64(counts[ip]) - expected
		chi2 += d * d / expected
		sum += counts[ip]
	}
	const bound = 27.6 // chi-square, 2 degrees of freedom, p = 1e-6
	t.Logf("%s: %v, chi-square %.2f", what, counts, chi2)
	if sum != len(got) || chi2 > bound {
		t.Errorf("%s: %v: chi-square %.1f, want at most %.1f", what, counts, chi2, bound)
	}
}

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
	after := choices(t, n.DNS)
	var moved []string
	for i := range before {
		if before[i] == down {
			moved = append(moved, after[i])
		} else if after[i] != before[i] {
			t.Fatalf("%s went DOWN and client %s moved from %s to %s", down, clients()[i], before[i], after[i])
		}
	}
	checkSpread(t, "those that moved", moved, cctv2IPs[:2])

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
