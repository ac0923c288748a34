package publish

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// TestDamagedSnapshotIsRenewed verifies that files which are shortened under
// control cost neither the process nor a record: all is published afresh, with
// what is DOWN. They ended control with a fault.
func TestDamagedSnapshotIsRenewed(t *testing.T) {
	for _, pattern := range []string{"generation-*", "root", "readers", "*"} {
		t.Run(pattern, func(t *testing.T) {
			dir := t.TempDir()
			f := newFixture(t, dir)
			r := newReader(t, dir)
			f.sync(`/skydns/local/skydns/a/1 {"host":"10.0.0.1"}`, `/skydns/local/skydns/a/2 {"host":"10.0.0.2"}`)
			f.change(monitorPath + `10.0.0.2 {"status":"DOWN"}`)
			r.wait("a.skydns.local.", "10.0.0.1")
			shorten(t, dir, pattern)
			f.change(`/skydns/local/skydns/a/3 {"host":"10.0.0.3"}`, `/skydns/local/skydns/b {"host":"10.0.0.4"}`)
			for range 20 {
				f.tick()
			}
			if got := r.settled("a.skydns.local."); !slices.Equal(got, []string{"10.0.0.1", "10.0.0.3"}) {
				t.Errorf("a. has %q", got)
			}
			f.want("b.skydns.local.", "A 30 10.0.0.4")
			if f.damaged || f.unpublished || !f.Ready() {
				t.Error("it counts as damaged or unpublished still")
			}
		})
	}
}

// TestDamageWithinAList verifies that a snapshot which is damaged while a list
// comes is replaced when the list has ended, and not by a part of it.
func TestDamageWithinAList(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, dir)
	r := newReader(t, dir)
	f.sync(`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/b {"host":"10.0.0.2"}`)
	r.wait("b.skydns.local.", "10.0.0.2")
	f.begin(`/skydns/local/skydns/a {"host":"10.0.0.1"}`)
	shorten(t, dir, "generation-*")
	for range 20 {
		f.tick()
	}
	if f.damaged || !f.unpublished {
		t.Errorf("damaged %v, unpublished %v before the list has ended", f.damaged, f.unpublished)
	}
	f.begin(`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/c {"host":"10.0.0.3"}`)
	f.take(store.Batch{Kind: store.SyncEnd})
	if got := r.settled("c.skydns.local."); !slices.Equal(got, []string{"10.0.0.3"}) {
		t.Errorf("c. has %q", got)
	}
	f.want("b.skydns.local.")
}

// TestDamageWithoutFault verifies that a list which ends while the snapshot is to
// be renewed, but can be written, removes nothing: names that were not put again
// were taken for gone, and not answered until the fresh snapshot was there.
func TestDamageWithoutFault(t *testing.T) {
	f := newFixture(t, t.TempDir())
	names := []string{`/skydns/local/skydns/a {"host":"10.0.0.1"}`, `/skydns/local/skydns/b {"host":"10.0.0.2"}`}
	f.sync(names...)
	f.writerFailed("grow", fmt.Errorf("no page: %w", snapshot.ErrDamaged))
	f.sync(names...)
	f.want("a.skydns.local.", "A 30 10.0.0.1")
	if !f.unpublished {
		t.Error("the list counts as published")
	}
	f.tick()
	f.want("b.skydns.local.", "A 30 10.0.0.2")
	if f.damaged || f.unpublished {
		t.Errorf("damaged %v, unpublished %v after a tick", f.damaged, f.unpublished)
	}
}

// TestRevisionOfRenewedSnapshot verifies that the revision which every core sees
// is that of the records before the damage until the fresh snapshot has them all.
func TestRevisionOfRenewedSnapshot(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.take(store.Batch{Kind: store.SyncBegin})
	f.take(store.Batch{Kind: store.SyncEnd, Revision: 7})
	f.writerFailed("grow", snapshot.ErrDamaged)
	f.take(store.Batch{Kind: store.Changes, Revision: 8, Received: time.Now()})
	if at := f.metrics.revision.Load(); at != 7 {
		t.Errorf("revision %d of a damaged snapshot", at)
	}
	f.tick()
	if at := f.metrics.revision.Load(); at != 8 {
		t.Errorf("revision %d of the fresh snapshot", at)
	}
}

// shorten empties the snapshot's files of that pattern.
func shorten(t *testing.T, dir, pattern string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	for _, file := range files {
		if err := os.Truncate(file, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// settled is addresses, once the reader has seen that its files were damaged and
// are whole again.
func (r *reader) settled(name string) []string {
	r.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if _, err := r.r.Refresh(); err == nil {
			break
		}
	}
	return r.addresses(name)
}
