package publish

import (
	"context"
	"testing"

	"github.com/ipdcode/skydns/control/store"
)

// TestSOAChanges verifies that the SOA of a domain that has none changes while
// the publisher runs, and that a SOA that is stored does not.
func TestSOAChanges(t *testing.T) {
	f := newFixtureFor(t, t.TempDir(), "made.", "stored.")
	f.sync(`/skydns/stored/rr-0000000000002 {"type":"SOA","rdata":"ns.stored. me.stored. 7 6 5 4 3","ttl":60}`)
	f.want("made.", "NS 30 ns.dns.made.", "SOA 30 ns.dns.made. hostmaster.made. 1 7200 1800 86400 30")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	batches := make(chan store.Batch)
	go func() {
		defer close(ended)
		f.Run(ctx, batches)
	}()
	f.SetSOA(SOA{Hostmaster: "\x02me\x00", Refresh: 1, Retry: 2, Expire: 3, Minimum: 4, TTL: 5})
	for len(f.soaSet) > 0 { // Run has taken it up
		batches <- store.Batch{Kind: store.Changes}
	}
	cancel()
	<-ended
	f.want("made.", "NS 5 ns.dns.made.", "SOA 5 ns.dns.made. me. 1 1 2 3 4")
	f.want("ns.dns.made.", "A 5 192.0.2.53")
	f.want("stored.", "NS 5 ns.dns.stored.", "SOA 60 ns.stored. me.stored. 7 6 5 4 3")
}

// TestSOAChangesDuringList verifies that a change which comes while a list is
// under way is published with its end.
func TestSOAChangesDuringList(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.begin()
	f.SetSOA(SOA{Minimum: 4, TTL: 5})
	f.remake()
	f.want("skydns.local.")
	f.take(store.Batch{Kind: store.SyncEnd})
	f.want("skydns.local.", "NS 5 ns.dns.skydns.local.", "SOA 5 ns.dns.skydns.local. hostmaster.skydns.local. 1 0 0 0 4")
}
