package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
)

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
