package snapshot

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// Options of a Writer.
type Options struct {
	Dir   string // the snapshot directory; "" stands for DefaultDir
	Names int    // for how many names a fresh snapshot makes room at first
}

// Writer is the one writer of a snapshot directory. Its methods are called
// by one goroutine at a time. After an error of Put or SetHealth readers see
// what they saw before, and the writer can go on; after ErrDamaged, from any
// method, once Renew has succeeded.
type Writer struct {
	dir        string
	page       uint64
	huge       bool
	root, rdrs *os.File
	epochs     *epochs

	cur    *table  // what readers use, or will use after the first EndSync
	next   *table  // grows beside cur; nil if cur has room
	making *making // the file of next, before it grows
	room   float64

	at         uint64 // bucket of cur from which next gets names
	atAddr     uint64 // entry of cur's address directory from which it gets DOWN marks
	zonesMoved []bool // by index in cur: the apex is in next

	growErr   error                   // why growing ahead of need failed last; Tick reports it
	growAfter time.Time               // not to be tried again before
	published bool                    // readers use cur
	syncing   bool                    // since BeginSync
	unswept   bool                    // a synchronisation began and has not ended well
	down      map[netip.Addr]struct{} // marked DOWN since BeginSync
	damaged   error                   // a fault: nothing works before Renew
	ticks     int                     // since the start
	body      []byte                  // scratch of Put
	copied    []byte                  // scratch of moveName

	secretsMu sync.Mutex
	secrets   *CookieSecrets // guarded by secretsMu; nil before SetCookieSecrets

	// Discarded is why OpenWriter did not resume the snapshot that it found;
	// nil if it did, or if there was none.
	Discarded error
}

// OpenWriter takes the writer's lock on the directory and resumes the
// snapshot in it. If there is none, or it is damaged, a fresh one is begun,
// which readers do not see before the first EndSync; until then they keep
// what they have.
func OpenWriter(o Options) (*Writer, error) {
	if o.Dir == "" {
		o.Dir, _ = DefaultDir()
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("snapshot directory: %w", err)
	}
	page, huge, err := pageSize(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("snapshot directory: %w", err)
	}
	root, rdrs, e, replaced, err := openRoot(o.Dir, page)
	if err != nil {
		return nil, fmt.Errorf("snapshot directory %s: %w", o.Dir, err)
	}
	w := &Writer{dir: o.Dir, page: page, huge: huge, root: root, rdrs: rdrs, epochs: e, room: 1, Discarded: replaced,
		body: make([]byte, 0, 4096)}
	if err := w.begin(o.Names); err != nil {
		w.Close()
		return nil, fmt.Errorf("snapshot directory %s: %w", o.Dir, err)
	}
	return w, nil
}

// Dir is the snapshot directory.
func (w *Writer) Dir() string { return w.dir }

// Stats of a snapshot.
type Stats struct {
	Generation uint64
	Names      int   // that hold records
	Zones      int   // names with a SOA
	Bytes      int64 // size of the generation's file
	Used       int64 // octets of it that hold something, the table's included
	Huge       bool  // in huge pages
}

// Stats tells the present figures.
func (w *Writer) Stats() Stats {
	t := w.cur
	return Stats{Generation: t.number, Names: t.names, Zones: t.zonesUsed - 1, Bytes: int64(t.size),
		Used: int64(t.used()), Huge: w.huge}
}

// Close gives the lock back. What is published stays for readers.
func (w *Writer) Close() (err error) {
	defer func() { err = errors.Join(err, w.release()) }()
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	w.dropMaking()
	w.dropNext()
	return nil
}

// release unmaps and closes the files.
func (w *Writer) release() error {
	if w.cur != nil {
		unmap(w.cur.mem)
	}
	unmap(w.epochs.root)
	unmap(w.epochs.readers)
	return errors.Join(w.root.Close(), w.rdrs.Close())
}
