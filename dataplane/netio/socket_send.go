package netio

import (
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/engine"
)

// Send implements Queue.
func (q *SocketQueue) Send(b *engine.Batch) {
	for k := range q.sockets {
		s := &q.sockets[k]
		for i := s.from; i < s.to; {
			n := q.readyRun(s, b, i)
			if n == 0 { // an empty reply
				i++
				continue
			}
			q.sendRun(s.fd, i, i+n)
			i += n
		}
	}
}

// readyRun readies the replies from entry i on, up to the first empty one,
// and says how many there are.
func (q *SocketQueue) readyRun(s *socket, b *engine.Batch, i int) int {
	n := 0
	for ; i+n < s.to && len(b.Msg[i+n]) > 0; n++ {
		q.msgs.iov[i+n].SetLen(len(b.Msg[i+n]))
		if s.pktinfo {
			q.msgs.anyInterface(i + n)
		}
	}
	return n
}

// sendRun sends entries [from:to). One that the kernel refuses is passed
// over; when its buffer is full the rest goes too, for waiting would only make
// the queries behind them older.
func (q *SocketQueue) sendRun(fd, from, to int) {
	for from < to {
		n, errno := q.msgs.send(fd, from, to)
		switch errno {
		case 0:
			from += n
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			q.drops.Add(DropSend, uint64(to-from))
			return
		default:
			q.drops.Add(DropSend, 1)
			from++
		}
	}
}
