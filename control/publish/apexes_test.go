package publish

import (
	"slices"
	"testing"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestZonesArePublishedFirst verifies that a list is published zones first, the
// outer before the inner, with those that are stored as a record. In the order of
// a map each made the snapshot look through all its names.
func TestZonesArePublishedFirst(t *testing.T) {
	f := newFixtureFor(t, t.TempDir(), "in.mid.example.", "example.", "mid.example.")
	f.sync(
		`/skydns/example/mid/in/deep/`+record.ItemPrefix+`0000000000000 {"type":"SOA","rdata":"ns.example. host.example. 1 2 3 4 5"}`,
		`/skydns/example/mid/in/deep/www {"host":"10.0.0.1"}`,
		`/skydns/example/www {"host":"10.0.0.2"}`,
	)
	var got []string
	for _, name := range f.apexes() {
		got = append(got, wire.NameString([]byte(name)))
	}
	want := []string{"example.", "mid.example.", "in.mid.example.", "deep.in.mid.example."}
	if !slices.Equal(got, want) {
		t.Errorf("first come %v, want %v", got, want)
	}
	if zones := f.writer.Stats().Zones; zones != len(want) {
		t.Errorf("%d zones, want %d", zones, len(want))
	}
}
