package snapshot

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/ipdcode/skydns/dataplane/wire"
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

// Put makes sets the whole of what name, in wire form and of any case, holds;
// without a set the name is removed. An RRset of type SOA makes the name the
// apex of a zone. changed tells whether the snapshot is another one now: what
// was there already costs a comparison.
func (w *Writer) Put(name []byte, sets []RRset) (changed bool, err error) {
	if !wire.ValidName(name) {
		return false, ErrName
	}
	if w.damaged != nil {
		return false, w.damaged
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	body, flags, err := appendSets(w.body[:0], sets)
	if err != nil {
		return false, fmt.Errorf("%s: %w", wire.NameString(name), err)
	}
	w.body = body[:0]
	lower := lowerOf(name)
	changed, err = w.apply(func(t *table) (bool, error) {
		if flags == Empty {
			return t.remove(lower)
		}
		if t == w.next {
			if err := w.moveZoneOf(lower); err != nil {
				return false, err
			}
		}
		return t.put(lower, flags, body)
	})
	if err != nil {
		return changed, fmt.Errorf("put %s: %w", wire.NameString(name), err)
	}
	return changed, nil
}

// apply does a change in the current generation, in a larger one if there is
// no room for it, and in the one that grows beside.
func (w *Writer) apply(change func(*table) (bool, error)) (changed bool, err error) {
	changed, err = change(w.cur)
	for more := float64(leastMore); errors.Is(err, errFull); more *= 2 {
		if more > maxMore {
			return false, ErrTooLarge
		}
		if err := w.moveOn(more); err != nil {
			return false, err
		}
		changed, err = change(w.cur)
	}
	if err != nil {
		return changed, err
	}
	if w.next != nil {
		if _, err := change(w.next); errors.Is(err, errFull) {
			w.dropNext()
		} else if err != nil {
			return changed, err
		}
	}
	w.growErr = w.step(stepOfChange)
	return changed, nil
}

// Get is what name holds: copies, nil if it holds nothing or cannot be read.
func (w *Writer) Get(name []byte) []RRset {
	if !wire.ValidName(name) || w.damaged != nil {
		return nil
	}
	var err error // the next change tells
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	lower := lowerOf(name)
	n := w.cur.Lookup(lower, lower.Hash(w.cur.seed))
	if n == nil {
		return nil
	}
	return decodeSets(n)
}

// SetHealth marks an address UP or DOWN for all names that have it, now or
// later: one atomic store. Addresses are UP unless marked.
func (w *Writer) SetHealth(addr netip.Addr, up bool) (err error) {
	if w.damaged != nil {
		return w.damaged
	}
	defer w.catchFaults(debug.SetPanicOnFault(true), &err)
	addr = addr.Unmap()
	state := uint32(healthUp)
	if !up {
		state = healthDown
		if w.syncing {
			w.down[addr] = struct{}{}
		}
	}
	_, err = w.apply(func(t *table) (bool, error) { return false, t.setHealth(addr, state) })
	if err != nil {
		return fmt.Errorf("mark %s: %w", addr, err)
	}
	return nil
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
		Used: int64(t.arena + t.alloc.used), Huge: w.huge}
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
