package differential

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/control/publish"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/tools/lab"
	"github.com/ipdcode/skydns/tools/offline"
)

// published is the directory of a snapshot that control's publisher makes of
// zones, once an import has turned them into what etcd holds.
func published(t *testing.T, zones []*zonefile.Zone) string {
	t.Helper()
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	domains, err := record.NewDomains(zoneNames)
	if err != nil {
		t.Fatal(err)
	}
	p := publish.New(publish.Config{Domains: domains, MonitorPath: "/status/", Log: zerolog.New(zerolog.NewTestWriter(t))}, w)
	in := make(chan store.Batch)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		p.Run(ctx, in)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		w.Close()
	})
	events := stored(t, zones)
	in <- store.Batch{Kind: store.SyncBegin, Count: int64(len(events))}
	in <- store.Batch{Kind: store.SyncItems, Events: events}
	in <- store.Batch{Kind: store.SyncEnd}
	lab.Eventually(t, "publish the zones", func() error {
		if !p.Ready() {
			return errors.New("not yet")
		}
		return nil
	})
	return dir
}

// stored are the keys and values of the records of zones, in their order.
func stored(t *testing.T, zones []*zonefile.Zone) []store.Event {
	t.Helper()
	var events []store.Event
	for _, rr := range offline.Records(zones...) {
		m, err := record.MessageOf(rr)
		if err != nil {
			t.Fatal(err)
		}
		key, value, err := record.New(rr.Name, m)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, store.Event{Key: key, Value: value})
	}
	slices.SortFunc(events, func(a, b store.Event) int { return strings.Compare(a.Key, b.Key) })
	return events
}
