package offline

import (
	"errors"
	"fmt"
	"os"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// maxMessage is the longest message that a stream can carry.
const maxMessage = 65535

// Server is an engine and what it answers from. It belongs to one goroutine.
type Server struct {
	engine *engine.Engine
	batch  *engine.Batch
	buffer [maxMessage]byte
	view   func() *snapshot.View

	dir    string           // of a snapshot of our own
	writer *snapshot.Writer // of the same
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
	var err error
	if s.dir, err = os.MkdirTemp(memoryDir(), "skydns-offline-"); err != nil {
		return err
	}
	s.close = append(s.close, func() error { return os.RemoveAll(s.dir) })
	if s.writer, err = snapshot.OpenWriter(snapshot.Options{Dir: s.dir}); err != nil {
		return err
	}
	s.close = append(s.close, s.writer.Close)
	return s.read(s.dir)
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
