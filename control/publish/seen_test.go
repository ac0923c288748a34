package publish

import (
	"fmt"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"github.com/ipdcode/skydns/control/store"
)

// seenCount is how many changes the metric has counted.
func (f *fixture) seenCount() uint64 {
	f.Helper()
	var m dto.Metric
	if err := f.metrics.visible.Write(&m); err != nil {
		f.Fatal(err)
	}
	return m.GetHistogram().GetSampleCount()
}

// TestSeen verifies that each change that can be seen is counted once, however
// many names it touches, and no other.
func TestSeen(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync(`/skydns/local/skydns/a/x1 {"host":"10.0.0.1"}`)
	for i, c := range []struct {
		lines []string
		seen  uint64
	}{
		{[]string{`/skydns/local/skydns/a/b/c/x1 {"host":"10.0.0.2"}`}, 1},
		{[]string{`/skydns/local/skydns/a/x2 {"host":"10.0.0.2"}`, `/skydns/local/skydns/a/x3 {"host":"10.0.0.3"}`}, 2},
		{[]string{`/skydns/local/skydns/a/rr-0123456789abc {"type":"SRV","host":"10.0.0.9","port":1}`}, 1},
		{[]string{monitorPath + `10.0.0.1 {"status":"DOWN"}`, monitorPath + `10.0.0.2 what`}, 2},
		{[]string{`/skydns/local/skydns/a/x1 {"host":"10.0.0.1"}`, `/skydns/local/skydns/bad {"host":`, `/skydns/org/x {"host":"10.0.0.1"}`}, 0},
	} {
		before := f.seenCount()
		f.change(c.lines...)
		if got := f.seenCount() - before; got != c.seen {
			t.Errorf("case %d: %d changes are counted, want %d", i, got, c.seen)
		}
	}
}

// TestLargeBatch verifies a batch of more names than are looked for together, in
// which keys of all kinds are mixed and a name comes again at the end.
func TestLargeBatch(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync()
	var lines []string
	for i := range 5 * aheadOf {
		lines = append(lines, fmt.Sprintf(`/skydns/local/skydns/n%d/rr-%013d {"type":"A","host":"10.0.0.1"}`, i, i),
			fmt.Sprintf(`/skydns/local/skydns/m%d {"host":"10.0.0.2"}`, i), fmt.Sprintf(`/skydns/local/..//%d {}`, i),
			fmt.Sprintf(`%s10.1.0.%d {"status":"DOWN"}`, monitorPath, i))
	}
	lines = append(lines, `/skydns/local/skydns/n0/rr-0000000000000`, `/skydns/local/skydns/n0/rr-0000000000001 {"type":"A","host":"10.0.0.9"}`)
	f.change(lines...)
	f.want("n0.skydns.local.", "A 30 10.0.0.9")
	for i := range 5 * aheadOf {
		if i > 0 {
			f.want(fmt.Sprintf("n%d.skydns.local.", i), "A 30 10.0.0.1")
		}
		f.want(fmt.Sprintf("m%d.skydns.local.", i), "A 30 10.0.0.2")
	}
	f.take(store.Batch{Kind: store.Changes})
}
