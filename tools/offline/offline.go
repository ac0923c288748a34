package offline

import (
	"errors"
	"fmt"
	"os"

	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const typeDS = 43

// maxMessage is the longest message that a stream can carry.
const maxMessage = 65535

// Server is an engine and what it answers from. It belongs to one goroutine.
type Server struct {
	engine *engine.Engine
	batch  *engine.Batch
	buffer [maxMessage]byte
	view   func() *snapshot.View

	writer *snapshot.Writer // of a snapshot of our own
	reader *snapshot.Reader
	close  []func() error // in reverse order
}

func newServer(c engine.Config) *Server {
	return &Server{engine: engine.New(c), batch: new(engine.Batch)}
}

// New makes a server without a zone.
func New(c engine.Config) (*Server, error) {
	s := newServer(c)
	if err := s.make(); err != nil {
		return nil, errors.Join(fmt.Errorf("make a snapshot: %w", err), s.Close())
	}
	return s, nil
}

func (s *Server) make() error {
	dir, err := os.MkdirTemp(memoryDir(), "skydns-offline-")
	if err != nil {
		return err
	}
	s.close = append(s.close, func() error { return os.RemoveAll(dir) })
	if s.writer, err = snapshot.OpenWriter(snapshot.Options{Dir: dir}); err != nil {
		return err
	}
	s.close = append(s.close, s.writer.Close)
	return s.read(dir)
}

// memoryDir is where a snapshot costs no disk; "" stands for the usual
// temporary directory.
func memoryDir() string {
	const dir = "/dev/shm"
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// read takes a slot on the snapshot in dir.
func (s *Server) read(dir string) error {
	s.reader = snapshot.OpenReader(dir)
	s.close = append(s.close, s.reader.Close)
	slot, err := s.reader.NewSlot()
	if err != nil {
		return err
	}
	s.close = append(s.close, func() error { slot.Leave(); return nil })
	s.view = slot.Enter
	_, err = s.reader.Refresh()
	return err
}

// Open makes a server of a snapshot that control has written: its directory,
// or a copy of one generation's file.
func Open(path string, c engine.Config) (*Server, error) {
	s := newServer(c)
	err := s.open(path)
	if err == nil && s.view() == nil {
		err = errors.New("no complete snapshot is there")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("snapshot %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Server) open(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return s.read(path)
	}
	view, unmap, err := snapshot.OpenFile(path)
	if err != nil {
		return err
	}
	s.close = append(s.close, func() error { unmap(); return nil })
	s.view = func() *snapshot.View { return view }
	return nil
}

// Load makes zones the whole of what a server of New answers from.
func (s *Server) Load(zones ...*zonefile.Zone) error {
	apexes := map[string]bool{}
	for _, z := range zones {
		apexes[string(z.Apex)] = true
	}
	sets := map[string][]snapshot.RRset{}
	for _, z := range zones {
		for _, r := range z.Records {
			if !belongs(r, z.Apex, apexes) {
				continue
			}
			sets[string(r.Name)] = add(sets[string(r.Name)], r)
		}
	}
	if err := s.writer.BeginSync(len(sets)); err != nil {
		return err
	}
	for name, list := range sets {
		if _, err := s.writer.Put([]byte(name), list); err != nil {
			return err
		}
	}
	if _, err := s.writer.EndSync(); err != nil {
		return err
	}
	if _, err := s.writer.Tick(); err != nil {
		return err
	}
	_, err := s.reader.Refresh()
	return err
}

// belongs reports whether a record of the zone apex is what a server of all
// zones answers with. The delegation of another of them, and what lies below,
// give way to that zone itself, but for the DS of its apex (RFC 4035 section
// 3.1.4.1).
func belongs(r zonefile.Record, apex []byte, apexes map[string]bool) bool {
	name := r.Name
	if r.Type == typeDS && len(name) > len(apex) {
		name = wire.Parent(name)
	}
	for ; len(name) > len(apex); name = wire.Parent(name) {
		if apexes[string(name)] {
			return false
		}
	}
	return true
}

// add adds a record to the RRsets of its name. Of different TTLs in an RRset
// the lowest counts (RFC 2181 section 5.2).
func add(sets []snapshot.RRset, r zonefile.Record) []snapshot.RRset {
	for i := range sets {
		if sets[i].Type == r.Type {
			sets[i].Data = append(sets[i].Data, r.Data)
			sets[i].TTL = min(sets[i].TTL, r.TTL)
			return sets
		}
	}
	return append(sets, snapshot.RRset{Type: r.Type, TTL: r.TTL, Data: [][]byte{r.Data}})
}

// Ask gives the reply to a message in wire form, nil if none is sent. stream
// says that the message came over TCP. The reply is valid until the next Ask.
func (s *Server) Ask(query []byte, stream bool) []byte {
	if len(query) > maxMessage {
		return nil
	}
	n := copy(s.buffer[:], query)
	s.batch.N, s.batch.Stream = 1, stream
	s.batch.Msg[0] = s.buffer[:n]
	s.engine.Answer(s.view(), s.batch)
	return s.batch.Msg[0]
}

// Close removes what New has made.
func (s *Server) Close() error {
	var errs []error
	for i := len(s.close) - 1; i >= 0; i-- {
		errs = append(errs, s.close[i]())
	}
	s.close = nil
	return errors.Join(errs...)
}
