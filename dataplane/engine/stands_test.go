package engine

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// stale is a lab in which walks have not come to most of 20 names "n<i>.<below>"
// and will not before the next Tick.
func stale(t *testing.T, below string, others map[string][]string) *lab {
	t.Helper()
	l := newLabFor(t, Config{Full: true}, manyNames)
	for name, records := range others {
		l.put(name, records...)
	}
	for i := range 20 {
		l.put(fmt.Sprintf("n%d.%s", i, below), "A 192.0.2.1")
	}
	if _, err := l.writer.EndSync(); err != nil {
		t.Fatal(err)
	}
	l.settle()
	return l
}

const someSOA = "SOA ns.z. host.z. 1 2 3 4 5"

// TestZoneBelowNewCut verifies that names of a zone that has just come are not
// taken for delegated by a cut that comes above it before they know of their zone.
func TestZoneBelowNewCut(t *testing.T) {
	l := stale(t, "a.b.z.", map[string][]string{"z.": {someSOA}})
	l.put("a.b.z.", someSOA)
	l.put("b.z.", "NS ns.elsewhere.")
	for i := range 20 {
		if m := l.query(fmt.Sprintf("n%d.a.b.z.", i), dns.TypeA); len(m.Answer) != 1 || !m.Authoritative {
			t.Errorf("want the address, got %v", m)
		}
	}
}

// TestGlueOfZoneThatBecameCut verifies that a zone of ours that is delegated from
// now on is so with all of its servers' addresses.
func TestGlueOfZoneThatBecameCut(t *testing.T) {
	var servers []string
	for i := range 8 {
		servers = append(servers, fmt.Sprintf("NS n%d.a.z.", i))
	}
	l := stale(t, "a.z.", map[string][]string{"z.": {someSOA}, "a.z.": append(servers, someSOA)})
	l.put("a.z.", servers...)
	if m := l.query("x.a.z.", dns.TypeA); len(m.Ns) != 8 || len(m.Extra) != 8 || m.Authoritative {
		t.Errorf("want a referral with 8 addresses, got %v", m)
	}
}

// TestZoneThatWentDoesNotHideACut verifies that names of a zone that has just gone
// are delegated by a cut that comes above where it was.
func TestZoneThatWentDoesNotHideACut(t *testing.T) {
	l := stale(t, "a.b.z.", map[string][]string{"z.": {someSOA}, "a.b.z.": {someSOA}})
	l.put("a.b.z.")
	l.put("b.z.", "NS ns.elsewhere.")
	for i := range 20 {
		if m := l.query(fmt.Sprintf("n%d.a.b.z.", i), dns.TypeA); len(m.Answer) != 0 || len(m.Ns) != 1 || m.Authoritative {
			t.Errorf("want a referral, got %v", m)
		}
	}
}

// TestNegativeOfZoneThatCame verifies that a name that does not have a type is of
// the zone that has just come, and of the one above when that has gone.
func TestNegativeOfZoneThatCame(t *testing.T) {
	l := stale(t, "a.z.", map[string][]string{"z.": {someSOA}})
	for _, zone := range []string{"a.z.", "z."} {
		if l.put("a.z."); zone == "a.z." {
			l.put(zone, someSOA)
		}
		for i := range 20 {
			m := l.query(fmt.Sprintf("n%d.a.z.", i), dns.TypeTXT)
			if len(m.Ns) != 1 || m.Ns[0].Header().Name != zone {
				t.Errorf("want the SOA of %s, got %v", zone, m)
			}
		}
	}
}
