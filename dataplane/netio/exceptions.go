package netio

// Exceptions joins the queues of a DPDK port to whoever serves the frames that
// are not ours to answer: package exception. A queue gives and takes a few of
// them a turn at most, so that a flood of them does not delay queries.
type Exceptions struct {
	ToKernel   []*FrameRing // one of each queue, which puts in
	FromKernel *FrameRing   // the first queue takes out, and transmits

	MAC [6]byte // of the port, valid once it is open
	MTU int     // octets of an IP datagram, likewise

	// Unfinished says, likewise, that checksums in frames may be only the
	// pseudo-header's sum: frame.Local.AcceptUnfinished.
	Unfinished bool
}

// NewExceptions makes empty rings for so many queues.
func NewExceptions(queues int) *Exceptions {
	e := &Exceptions{FromKernel: new(FrameRing)}
	for range queues {
		e.ToKernel = append(e.ToKernel, new(FrameRing))
	}
	return e
}
