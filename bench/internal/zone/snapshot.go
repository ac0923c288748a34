package zone

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Snapshot is a snapshot with the zone in a directory of its own, which Close
// removes.
type Snapshot struct {
	Dir    string
	Writer *snapshot.Writer
	Reader *snapshot.Reader
	others bool // it is another process that fills and removes it
}

var dirs atomic.Int32

// TempDir is a directory for a snapshot that is given once, and to no other
// process: in huge pages where they are mounted.
func TempDir() (dir string, huge bool) {
	dir, huge = snapshot.DefaultDir()
	return fmt.Sprintf("%s-bench-%d-%d", dir, os.Getpid(), dirs.Add(1)), huge
}

// Open opens the writer of a snapshot that another process has filled and
// released. Close leaves that snapshot to it.
func Open(dir string) (*Snapshot, error) {
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	return &Snapshot{Dir: dir, Writer: w, others: true}, nil
}

// Release lets another process open the writer.
func (s *Snapshot) Release() error {
	w := s.Writer
	s.Writer = nil
	return w.Close()
}

// Entry is a name that a benchmark wants besides those of the zone, and one
// RRset that it holds.
type Entry struct {
	Name string
	Set  snapshot.RRset
}

// Fill makes a snapshot of n names and the others.
func Fill(n int, others ...Entry) (*Snapshot, error) {
	dir, _ := TempDir()
	s := &Snapshot{Dir: dir, Reader: snapshot.OpenReader(dir)}
	if err := s.fill(n, others); err != nil {
		return nil, errors.Join(fmt.Errorf("make a snapshot of %d names: %w", n, err), s.Close())
	}
	return s, nil
}

func (s *Snapshot) fill(n int, others []Entry) (err error) {
	if s.Writer, err = snapshot.OpenWriter(snapshot.Options{Dir: s.Dir}); err != nil {
		return err
	}
	if err := s.Writer.BeginSync(n + len(others)); err != nil {
		return err
	}
	if err := s.put(Origin, SOA(), NS(Server)); err != nil {
		return err
	}
	if err := s.put(Server, A(serverAddress)); err != nil {
		return err
	}
	for i := range n {
		if err := s.put(Name(i), A(Address(i).As4())); err != nil {
			return err
		}
	}
	for _, e := range others {
		if err := s.put(e.Name, e.Set); err != nil {
			return err
		}
	}
	if _, err := s.Writer.EndSync(); err != nil {
		return err
	}
	_, err = s.Reader.Refresh()
	return err
}

// A is an RRset of these addresses.
func A(addrs ...[4]byte) snapshot.RRset {
	set := snapshot.RRset{Type: wire.TypeA, TTL: TTL}
	for _, a := range addrs {
		set.Data = append(set.Data, a[:])
	}
	return set
}

// CNAME is an RRset that makes its owner an alias of target.
func CNAME(target string) snapshot.RRset {
	return snapshot.RRset{Type: wire.TypeCNAME, TTL: TTL, Data: [][]byte{wireName(target)}}
}

func (s *Snapshot) put(name string, sets ...snapshot.RRset) error {
	_, err := s.Writer.Put(wireName(name), sets)
	return err
}

// Change gives the i-th name another address.
func (s *Snapshot) Change(i int, address netip.Addr) error {
	return s.put(Name(i), A(address.As4()))
}

// Pages tells what pages the snapshot is in: "huge" or "small".
func (s *Snapshot) Pages() string {
	if s.Writer.Stats().Huge {
		return "huge"
	}
	return "small"
}

// Close gives everything back. No slot of Reader may be in use.
func (s *Snapshot) Close() (err error) {
	if s.Reader != nil {
		err = s.Reader.Close()
	}
	if s.Writer != nil {
		err = errors.Join(err, s.Writer.Close())
	}
	if s.others {
		return err
	}
	return errors.Join(err, os.RemoveAll(s.Dir))
}
