// Package snapshot is the contract between control and dataplane. (STUB: being filled in)
package snapshot

import (
	"errors"
	"net/netip"
	"sync/atomic"
)

var errStub = errors.New("stub")

// RRset is the records of one type at one name. Data holds one uncompressed
// rdata in wire form per record.
type RRset struct {
	Type uint16
	TTL  uint32 // seconds
	Data [][]byte
}

// Options of a writer.
type Options struct {
	Dir   string // the snapshot directory; "" means DefaultDir()
	Names int    // how many names to make room for at first
}

// DefaultDir is <hugetlbfs>/skydns where huge pages are mounted and configured, else /dev/shm/skydns.
func DefaultDir() (dir string, huge bool) { return "/dev/shm/skydns", false }

// Writer is the one writer. Its methods may not be called concurrently.
type Writer struct{}

// OpenWriter takes the writer's lock on the directory, and resumes the snapshot in it or prepares a fresh one.
// What it prepares afresh is not seen by readers before the first EndSync.
func OpenWriter(o Options) (*Writer, error) { return nil, errStub }

// Put makes sets the whole of what name (wire form, any case) holds. No set: the name is removed.
// An RRset of type SOA makes the name a zone's apex. Unchanged content costs a comparison.
// changed tells whether the snapshot differs now.
func (w *Writer) Put(name []byte, sets []RRset) (changed bool, err error) { return false, errStub }

// Get is what name holds (copies).
func (w *Writer) Get(name []byte) []RRset { return nil }

// SetHealth marks an address UP or DOWN for all names that have it, now or later. Addresses are UP unless marked.
func (w *Writer) SetHealth(addr netip.Addr, up bool) error { return errStub }

// BeginSync starts a complete synchronisation: names and DOWN marks not put again before EndSync are removed by it.
func (w *Writer) BeginSync() {}

// EndSync ends it, and makes a fresh snapshot visible to readers.
func (w *Writer) EndSync() (removed int, err error) { return 0, errStub }

// Tick does pending work (reclamation, growth) in small portions; call it every few milliseconds while idle.
// more tells that there is more to do at once.
func (w *Writer) Tick() (more bool, err error) { return false, errStub }

// Stats of the snapshot.
type Stats struct {
	Generation uint64
	Names      int   // names that hold records
	Zones      int
	Bytes      int64 // size of the generation's file
	Used       int64 // bytes of it in use
	Huge       bool
}

// Stats tells sizes.
func (w *Writer) Stats() Stats { return Stats{} }

// Close releases the lock. The snapshot stays for readers.
func (w *Writer) Close() error { return errStub }

// Reader maps the snapshot of a directory read-only, for all cores of one process.
type Reader struct{}

// OpenReader prepares to read the snapshot in dir. The directory and the snapshot may not exist yet.
func OpenReader(dir string) *Reader { return &Reader{} }

// Refresh maps the current generation if it is not the mapped one. Call it about every millisecond from one
// goroutine, never from a poll loop. After an error the last good generation stays in use;
// the same error is not returned twice in a row.
func (r *Reader) Refresh() (changed bool, err error) { return false, errStub }

// NewSlot registers one core as a reader. Call before the first Enter; slots are kept until Close.
func (r *Reader) NewSlot() (*Slot, error) { return nil, errStub }

// Close unmaps everything; every slot must have left.
func (r *Reader) Close() error { return nil }

// Slot is one core's registration, used by one goroutine.
type Slot struct{ _ atomic.Uint64 }

// Enter tells the writer that this core holds nothing from before, and returns the view to use until the next
// Enter or Leave. nil: no complete snapshot yet.
func (s *Slot) Enter() *View { return nil }

// Leave tells that the core holds nothing at all. Call it before anything that may wait.
func (s *Slot) Leave() {}

// View is one mapped generation.
type View struct{}
