package main

import (
	"encoding/binary"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// msgCap is how long a message may be: an answer over UDP seldom is longer.
	msgCap = 4096

	// msgStride is no power of two, lest the headers of all messages fall into
	// the same few sets of the first-level cache.
	msgStride = msgCap + 128
)

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

// messages is a batch as the kernel wants it. All pointers are set once.
type messages struct {
	hdr [batch]mmsghdr
	iov [batch]unix.Iovec
	buf [batch * msgStride]byte
}

func newMessages() *messages {
	m := new(messages)
	for i := range m.hdr {
		m.iov[i].Base = &m.buf[i*msgStride]
		m.hdr[i].hdr.Iov = &m.iov[i]
		m.hdr[i].hdr.Iovlen = 1
	}
	return m
}

// sockets is the way over kernel sockets, one for each flow, each connected
// to the server.
type sockets struct {
	poll    []unix.PollFd // one for each flow
	runs    uint
	waiting unix.PollFd

	out     *messages
	flow    [batch]int // of the queries put
	puts    int
	in      *messages
	from    [batch]int // the flow of each answer
	first   int        // the flow that is received from first, in turn
	answers int
}

func (s *sockets) flows() int { return len(s.poll) }
func (s *sockets) run() uint  { return s.runs }

func (s *sockets) room(n int) int { return n }

func (s *sockets) put(flow int, id uint16, query []byte) {
	k := s.puts
	room := s.out.buf[k*msgStride:][:msgCap]
	n := copy(room, query)
	binary.BigEndian.PutUint16(room, id)
	s.out.iov[k].SetLen(n)
	s.flow[k] = flow
	s.puts++
}

// send sends runs of the same flow together. A full buffer is waited for: the
// kernel has sent most of it by then.
func (s *sockets) send() int {
	n := s.puts
	s.puts = 0
	for from := 0; from < n; {
		to := from + 1
		for to < n && s.flow[to] == s.flow[from] {
			to++
		}
		fd := s.poll[s.flow[from]].Fd
		sent, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd),
			uintptr(unsafe.Pointer(&s.out.hdr[from])), uintptr(to-from), 0, 0, 0)
		switch errno {
		case 0:
			from += int(sent)
		case unix.EAGAIN, unix.ENOBUFS:
			s.waiting = unix.PollFd{Fd: fd, Events: unix.POLLOUT}
			ppoll(unsafe.Slice(&s.waiting, 1), time.Millisecond)
		case unix.EINTR, unix.ECONNREFUSED: // the latter tells of an earlier query
		default:
			from++ // refused by the kernel: lost like any that the network drops
		}
	}
	return n
}

func (s *sockets) receive(wait time.Duration) int {
	s.answers = 0
	if ppoll(s.poll, wait) <= 0 {
		return 0
	}
	s.first = (s.first + 1) % len(s.poll)
	for k := range s.poll {
		i := (s.first + k) % len(s.poll)
		if s.poll[i].Revents != 0 && s.answers < batch {
			s.receiveFrom(i)
		}
	}
	return s.answers
}

// receiveFrom takes what a flow's socket has. Errors tell of queries that got
// nowhere: they time out.
func (s *sockets) receiveFrom(flow int) {
	for i := s.answers; i < batch; i++ {
		s.in.iov[i].SetLen(msgCap)
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.poll[flow].Fd),
		uintptr(unsafe.Pointer(&s.in.hdr[s.answers])), uintptr(batch-s.answers), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return
	}
	for range n {
		s.from[s.answers] = flow
		s.answers++
	}
}

func (s *sockets) answer(i int) (int, []byte) {
	return s.from[i], s.in.buf[i*msgStride:][:s.in.hdr[i].len]
}

func (s *sockets) close() error {
	for _, p := range s.poll {
		unix.Close(int(p.Fd))
	}
	return nil
}

// ppoll is ppoll(2), behind the back of Go's scheduler: told of each call, its
// watching thread would wake up every 20 µs. A wait ends with any signal, such as
// that by which the runtime stops threads.
func ppoll(fds []unix.PollFd, wait time.Duration) int {
	ts := unix.NsecToTimespec(int64(wait))
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), uintptr(len(fds)),
		uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}
