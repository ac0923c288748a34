package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// newEntry is the i-th name of the test, with one to three addresses.
func newEntry(i int) entry {
	e := entry{name: fmt.Sprintf("n%d.skydns.local.", i)}
	for j := range 1 + i%3 {
		e.ips = append(e.ips, fmt.Sprintf("10.%d.%d.%d", j+1, i/250, 1+i%250))
	}
	return e
}

// postEntry adds the entry over REST.
func postEntry(n *lab.Node, e entry) error {
	return n.Post(strings.TrimSuffix(e.name, "."), fmt.Sprintf(`{"type":"A","ips":["%s"]}`, strings.Join(e.ips, `","`)))
}

// addEntry adds the entry over REST as soon as REST takes it, waits until it
// is answered, and lets the load ask for it.
func addEntry(t *testing.T, n *lab.Node, l *load, i int) {
	t.Helper()
	e := newEntry(i)
	lab.Eventually(t, "add "+e.name, func() error { return postEntry(n, e) })
	waitFor(t, testAsker(t, n.DNS), e.name, e.ips...)
	l.add(e)
}

// putEntries writes entries into etcd, as other programs do, and gives them: 20
// from number first on.
func putEntries(t *testing.T, etcd string, first int) []entry {
	t.Helper()
	list := make([]entry, 20)
	for i := range list {
		list[i] = newEntry(first + i)
		for j, ip := range list[i].ips {
			key := fmt.Sprintf("/skydns/local/skydns/n%d/x%d", first+i, j)
			lab.Etcdctl(t, etcd, "put", key, fmt.Sprintf(`{"host":%q}`, ip))
		}
	}
	return list
}

// wantEntries waits until control is ready and each entry is answered, which may
// take dataplane a moment where the snapshot is another one, and lets the load
// ask for it.
func wantEntries(t *testing.T, n *lab.Node, l *load, list []entry) {
	t.Helper()
	n.WaitReady(t)
	a := testAsker(t, n.DNS)
	for _, e := range list {
		waitFor(t, a, e.name, e.ips...)
		l.add(e)
	}
}

// TestContinuity verifies what a client sees while processes die: nothing. What
// is written into etcd while control is dead is there when it is back.
func TestContinuity(t *testing.T) {
	etcd := lab.StartEtcd(t)
	n := lab.StartNode(t, etcd.URL, "")
	entries := fill(t, n)
	l := startLoad(t, n.DNS, entries)
	next := len(entries)
	killControl := func() {
		n.Control.Kill(t)
		l.pass(t, 1000)
		put := putEntries(t, etcd.URL, next)
		next += len(put)
		n.StartControl(t)
		wantEntries(t, n, l, put)
		addEntry(t, n, l, next)
		next++
		l.pass(t, 1000)
	}
	removeSnapshot := func() {
		n.Control.Kill(t)
		put := putEntries(t, etcd.URL, next)
		next += len(put)
		if err := os.RemoveAll(n.Snapshot); err != nil {
			t.Fatal(err)
		}
		l.pass(t, 1000)
		n.StartControl(t)
		wantEntries(t, n, l, put)
		addEntry(t, n, l, next)
		next++
		l.pass(t, 1000)
	}
	killEtcd := func() {
		etcd.Kill(t)
		l.pass(t, 2000)
		etcd.Restart(t)
		addEntry(t, n, l, next)
		next++
		l.pass(t, 1000)
	}
	killControl()
	removeSnapshot()
	killEtcd()
	for range 5 {
		killWhileItPublishes(t, n)
	}
	n.WaitReady(t)
	addEntry(t, n, l, next)
	l.pass(t, 1000)
	l.finish(t)

	n.Control.Kill(t)
	etcd.Kill(t)
	dataplaneAlone(t, n, l.entries)
}

// fill adds 100 entries and waits until they are answered.
func fill(t *testing.T, n *lab.Node) []entry {
	t.Helper()
	var entries []entry
	for i := range 100 {
		e := newEntry(i)
		if err := postEntry(n, e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	a := testAsker(t, n.DNS)
	for _, e := range entries {
		waitFor(t, a, e.name, e.ips...)
	}
	return entries
}

// dataplaneAlone kills dataplane and starts it without any other process: it
// has to answer all that it did before.
func dataplaneAlone(t *testing.T, n *lab.Node, entries []entry) {
	t.Helper()
	n.Dataplane.Kill(t)
	started := time.Now()
	n.StartDataplane(t)
	a := testAsker(t, n.DNS)
	waitFor(t, a, entries[0].name, entries[0].ips...)
	t.Logf("dataplane answers %v after its start", time.Since(started).Round(time.Millisecond))
	for _, e := range entries {
		if err := a.expect(e.name, e.ips); err != nil {
			t.Error(err)
		}
	}
}

// killWhileItPublishes kills control at a random moment while records come
// in, and starts it again. Whether the last of them survive is left open.
func killWhileItPublishes(t *testing.T, n *lab.Node) {
	t.Helper()
	n.WaitReady(t)
	posted := make(chan int)
	go func() {
		count := 0
		for ; ; count++ {
			e := entry{name: fmt.Sprintf("k%d.skydns.local.", rand.IntN(1_000_000)), ips: []string{"10.9.9.9"}}
			if postEntry(n, e) != nil {
				break
			}
		}
		posted <- count
	}()
	time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond) // the random moment
	n.Control.Kill(t)
	t.Logf("control killed after %d records", <-posted)
	n.StartControl(t)
}
