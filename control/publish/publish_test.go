package publish

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ipdcode/skydns/control/store"
)

const (
	apexSOA = "SOA 30 ns.dns.skydns.local. hostmaster.skydns.local. 1 7200 1800 86400 30"
	apexNS  = "NS 30 ns.dns.skydns.local."
)

func TestZones(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync()
	f.want("skydns.local.", apexNS, apexSOA)
	f.want("ns.dns.skydns.local.", "A 30 192.0.2.53")

	own := strings.Split(`/skydns/local/skydns/rr-0000000000001 {"type":"NS","host":"ns.example."}
/skydns/local/skydns/rr-0000000000002 {"type":"SOA","ttl":60,"rdata":"a. b. 7 6 5 4 3"}
/skydns/local/skydns/rr-0000000000003 {"type":"A","host":"10.0.0.1"}
/skydns/local/skydns/dns/ns {"host":"10.0.0.53"}`, "\n")
	f.change(own...)
	f.want("skydns.local.", "A 30 10.0.0.1", "NS 30 ns.example.", "SOA 60 a. b. 7 6 5 4 3")
	f.want("ns.dns.skydns.local.", "A 30 10.0.0.53")

	for _, line := range own {
		f.change(line[:strings.IndexByte(line, ' ')])
	}
	f.want("skydns.local.", apexNS, apexSOA)
	f.want("ns.dns.skydns.local.", "A 30 192.0.2.53")
}

// TestChanges verifies the steps of a name's life, as lists and as changes.
func TestChanges(t *testing.T) {
	const key = "/skydns/local/skydns/cctv2"
	for _, c := range []struct {
		name  string
		lines []string
		want  []string // at cctv2
		under []string // at x.cctv2
	}{
		{"a record of ours", []string{key + `/rr-0000000000001 {"type":"A","host":"10.0.0.1"}`},
			[]string{"A 30 10.0.0.1"}, nil},
		{"a record of another program", []string{key + `/x {"host":"10.0.0.1","ttl":5}`},
			[]string{"A 5 10.0.0.1"}, []string{"A 5 10.0.0.1"}},
		{"two of a type with the lowest TTL", []string{key + `/x {"host":"10.0.0.1","ttl":5}`, key + ` {"host":"10.0.0.2","ttl":9}`},
			[]string{"A 5 10.0.0.1", "A 5 10.0.0.2"}, []string{"A 5 10.0.0.1"}},
		{"the same data twice", []string{key + `/x {"host":"10.0.0.1"}`, key + ` {"host":"10.0.0.1"}`},
			[]string{"A 30 10.0.0.1"}, []string{"A 30 10.0.0.1"}},
		{"several types", []string{key + `/x {"host":"10.0.0.1"}`, key + ` {"text":"a"}`},
			[]string{"A 30 10.0.0.1", `TXT 30 "a"`}, []string{"A 30 10.0.0.1"}},
		{"a CNAME", []string{key + ` {"host":"tv1.skydns.local"}`}, []string{"CNAME 30 tv1.skydns.local."}, nil},
		{"a CNAME beside an address", []string{key + ` {"host":"tv1.skydns.local"}`, key + `/x {"host":"10.0.0.1"}`},
			[]string{"A 30 10.0.0.1"}, []string{"A 30 10.0.0.1"}},
		{"two CNAMEs", []string{key + ` {"host":"tv2.skydns.local"}`, key + `/x {"host":"tv1.skydns.local"}`},
			[]string{"CNAME 30 tv1.skydns.local."}, []string{"CNAME 30 tv1.skydns.local."}},
		{"a changed record", []string{key + ` {"host":"10.0.0.1"}`, key + ` {"host":"10.0.0.2"}`}, []string{"A 30 10.0.0.2"}, nil},
		{"a record that became bad", []string{key + ` {"host":"10.0.0.1"}`, key + ` {"host":`}, nil, nil},
		{"a record that became one of ours", []string{key + `/x {"host":"10.0.0.1"}`, key + `/x`, key + `/rr-0000000000001 {"type":"A","host":"10.0.0.1"}`},
			[]string{"A 30 10.0.0.1"}, nil},
		{"a deleted record", []string{key + `/x {"host":"10.0.0.1"}`, key + `/x`}, nil, nil},
		{"a key that was never there", []string{key + `/x`}, nil, nil},
		{"names in capitals", []string{`/skydns/Local/SkyDNS/CCTV2 {"host":"10.0.0.1"}`}, []string{"A 30 10.0.0.1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, t.TempDir())
			f.sync()
			f.change(c.lines...)
			f.want("cctv2.skydns.local.", c.want...)
			f.want("x.cctv2.skydns.local.", c.under...)
			f.sync(final(c.lines)...)
			f.want("cctv2.skydns.local.", c.want...)
			f.want("x.cctv2.skydns.local.", c.under...)
			f.sync()
			f.want("cctv2.skydns.local.")
			f.want("x.cctv2.skydns.local.")
		})
	}
}

// final are the lines that a list has after changes.
func final(changes []string) []string {
	last := map[string]string{}
	var order []string
	for _, line := range changes {
		key, _, _ := strings.Cut(line, " ")
		if _, seen := last[key]; !seen {
			order = append(order, key)
		}
		last[key] = line
	}
	var list []string
	for _, key := range order {
		if strings.Contains(last[key], " ") {
			list = append(list, last[key])
		}
	}
	return list
}

// TestBadValues verifies that what is not understood is reported once, and
// that the rest is served.
func TestBadValues(t *testing.T) {
	f := newFixture(t, t.TempDir())
	bad := []string{
		`/skydns/local/skydns/b1 {"host":`,
		`/skydns/local/skydns/b2 {"type":"A","host":"x"}`,
		`/skydns/local/skydns/b3 {"type":"NOTYPE","host":"x"}`,
		`/skydns/local/skydns/b4 {"host":"10.0.0.1","ttl":4294967295}`,
		`/skydns/local/skydns//b5 {"host":"10.0.0.1"}`,
		monitorPath + `10.0.0.1 {"status":"PERHAPS"}`,
		monitorPath + `nothing {"status":"DOWN"}`,
	}
	good := `/skydns/local/skydns/good {"host":"10.0.0.9"}`
	f.sync(append(bad, good)...)
	f.change(bad...)
	f.sync(append(bad, good)...)
	f.want("good.skydns.local.", "A 30 10.0.0.9")
	for reason, want := range map[string]int{"value": 1, "data": 1, "type": 1, "ttl": 1, "key": 1, "status": 2} {
		if got := f.refusedCount(reason); got != want {
			t.Errorf("%d refused for their %s, want %d", got, reason, want)
		}
	}
	f.change(`/skydns/local/skydns/b1 {"host":"10.0.0.1"}`)
	f.want("b1.skydns.local.", "A 30 10.0.0.1")
	f.change(`/skydns/local/skydns/b1 {`)
	if got := f.refusedCount("value"); got != 2 {
		t.Errorf("bad again after it was well: %d reports, want 2", got)
	}
}

// TestBadKeyDeleted verifies that a bad key is forgotten when it is deleted, and
// reported again when it comes again.
func TestBadKeyDeleted(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync()
	const key = monitorPath + "nothing"
	for range 2 {
		f.change(key + " x")
		f.change(key)
	}
	if len(f.report.known) != 0 || f.refusedCount("status") != 2 {
		t.Errorf("%d known, %d reports", len(f.report.known), f.refusedCount("status"))
	}
}

func TestOtherDomainsAreIgnored(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync(`/skydns/com/example/www {"host":"10.0.0.1"}`, `/skydns/monitor/report/10.0.0.1 not JSON`)
	f.want("www.example.com.")
	if len(f.report.known) != 0 {
		t.Error("a key outside of our domains is reported")
	}
}

// TestBrokenList verifies that a list that breaks off changes nothing.
func TestBrokenList(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync(`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/b {"host":"10.0.0.2"}`)
	f.begin(`/skydns/local/skydns/a {"host":"10.0.0.9"}`)
	f.tick()
	f.want("a.skydns.local.", "A 30 10.0.0.1")
	f.want("b.skydns.local.", "A 30 10.0.0.2")
	f.sync(`/skydns/local/skydns/a {"host":"10.0.0.9"}`)
	f.want("a.skydns.local.", "A 30 10.0.0.9")
	f.want("b.skydns.local.")
}

// TestRestart verifies that a new control resumes the snapshot: readers see
// it before etcd is read, and after that what differs.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, dir)
	if f.Ready() {
		t.Error("ready before the first list")
	}
	f.sync(`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/b {"host":"10.0.0.2"}`)
	if !f.Ready() {
		t.Error("not ready after the first list")
	}
	if err := f.writer.Close(); err != nil {
		t.Fatal(err)
	}

	f = newFixture(t, dir)
	r := newReader(t, dir)
	r.wait("a.skydns.local.", "10.0.0.1")
	generation := f.writer.Stats().Generation
	f.sync(`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/c {"host":"10.0.0.3"}`)
	r.wait("a.skydns.local.", "10.0.0.1")
	r.wait("b.skydns.local.")
	r.wait("c.skydns.local.", "10.0.0.3")
	if g := f.writer.Stats().Generation; g != generation {
		t.Errorf("generation %d after %d: the snapshot was made anew", g, generation)
	}
}

func TestHealth(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, dir)
	r := newReader(t, dir)
	a := []string{`/skydns/local/skydns/a/1 {"host":"10.0.0.1"}`, `/skydns/local/skydns/a/2 {"host":"10.0.0.2"}`}
	down := monitorPath + `10.0.0.2 {"status":"DOWN"}`
	const name = "a.skydns.local."
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"DOWN in the first list", func() { f.sync(append(a, down)...) }, []string{"10.0.0.1"}},
		{"UP", func() { f.change(monitorPath + `10.0.0.2 {"status":"UP"}`) }, []string{"10.0.0.1", "10.0.0.2"}},
		{"DOWN", func() { f.change(down) }, []string{"10.0.0.1"}},
		{"a name that comes later", func() { f.change(a...) }, []string{"10.0.0.1"}},
		{"deleted", func() { f.change(monitorPath + "10.0.0.2") }, []string{"10.0.0.1", "10.0.0.2"}},
		{"DOWN in a fresh list", func() { f.sync(append(a, down)...) }, []string{"10.0.0.1"}},
		{"gone from a fresh list", func() { f.sync(a...) }, []string{"10.0.0.1", "10.0.0.2"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.do()
			r.TB = t
			r.wait(name, step.want...)
		})
	}
}

// TestHealthChangesBeforeRetry verifies that states which change between a list
// that could not be written and the next attempt are not taken back by it.
func TestHealthChangesBeforeRetry(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, dir)
	r := newReader(t, dir)
	f.begin(`/skydns/local/skydns/a/1 {"host":"10.0.0.1"}`, `/skydns/local/skydns/a/2 {"host":"10.0.0.2"}`,
		monitorPath+`10.0.0.2 {"status":"DOWN"}`)
	f.complete, f.unpublished = true, true // as after a failure of the snapshot's memory
	f.change(monitorPath+`10.0.0.1 {"status":"DOWN"}`, monitorPath+`10.0.0.2 {"status":"UP"}`)
	f.retry()
	r.wait("a.skydns.local.", "10.0.0.2")
}

// TestMarkIsRetried verifies that a state which could not be written is written
// later, unless it changed meanwhile.
func TestMarkIsRetried(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, dir)
	r := newReader(t, dir)
	f.sync(`/skydns/local/skydns/a/1 {"host":"10.0.0.1"}`, `/skydns/local/skydns/a/2 {"host":"10.0.0.2"}`)
	f.unmarked[netip.MustParseAddr("10.0.0.1")] = false // as after a failure of the snapshot's memory
	f.unmarked[netip.MustParseAddr("10.0.0.2")] = false
	f.change(monitorPath + `10.0.0.2 {"status":"UP"}`)
	f.tried = time.Time{}
	f.retry()
	r.wait("a.skydns.local.", "10.0.0.2")
	if len(f.unmarked) != 0 {
		t.Errorf("%v wait still", f.unmarked)
	}
}

// TestRecordsTooLarge verifies that a name with more than the snapshot takes
// keeps what it had, and that the others are served.
func TestRecordsTooLarge(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync(`/skydns/local/skydns/a {"host":"10.0.0.1"}`)
	large := []string{`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/b {"host":"10.0.0.2"}`}
	for i := range 20 {
		large = append(large, fmt.Sprintf(`/skydns/local/skydns/a/t%d {"type":"TYPE%d","rdata":"\\# 60000 %s"}`, i, 65280+i, strings.Repeat("00", 60_000)))
	}
	f.sync(large...)
	if f.refusedCount("size") == 0 {
		t.Fatal("nothing is reported as too large")
	}
	f.want("a.skydns.local.", "A 30 10.0.0.1")
	f.want("b.skydns.local.", "A 30 10.0.0.2")
}

// TestManyKeysOfAName verifies a name that many keys contribute to, and its end.
func TestManyKeysOfAName(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.take(store.Batch{Kind: store.SyncBegin})
	f.take(store.Batch{Kind: store.SyncEnd})
	for i := range 300 {
		f.change(fmt.Sprintf(`/skydns/local/skydns/n/x%d {"host":"10.0.0.%d","ttl":%d}`, i, i%250, 1+i*1000))
	}
	if got := len(f.writer.Get(parse(t, "n.skydns.local."))[0].Data); got != 250 {
		t.Errorf("%d addresses, want 250", got)
	}
	for i := range 300 {
		f.change(fmt.Sprintf(`/skydns/local/skydns/n/x%d`, i))
	}
	if n := f.records.len(); n != 0 {
		t.Errorf("%d names are left", n)
	}
	if n := f.writer.Stats().Names; n != len(f.defaults) {
		t.Errorf("%d names in the snapshot, want %d", n, len(f.defaults))
	}
}
