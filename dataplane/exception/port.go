package exception

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/frame"
	"github.com/ipdcode/skydns/dataplane/netio"
)

const (
	// portBatch is how many frames of one queue go to the kernel before the
	// next queue has its turn.
	portBatch = 32

	// Without frames the port sleeps longer and longer: nobody wakes it, for
	// that would be a system call in a poll loop.
	shortestPause = 50 * time.Microsecond
	longestPause  = time.Millisecond

	// portNice is the niceness of the port's thread: where it has to share a
	// core with a poll loop it gets what is left.
	portNice = 19
)

// Interface is the kernel interface that the exception port makes.
type Interface struct {
	Name      string         // as ip link shows it
	MAC       [6]byte        // the port's: the network sees one machine
	MTU       int            // octets of an IP datagram
	Addresses []netip.Prefix // ours
}

// Port carries frames between the queues of a DPDK port and a kernel
// interface, which answers those that are not ours to answer: ARP, neighbour
// discovery, ICMP, TCP, routing protocols.
type Port struct {
	device io.ReadWriteCloser // carries one frame a call
	rings  *netio.Exceptions
	log    zerolog.Logger
	stop   chan struct{}
	done   sync.WaitGroup
}

// newPort starts to carry frames between the queues and the device.
func newPort(device io.ReadWriteCloser, rings *netio.Exceptions, log zerolog.Logger) *Port {
	p := &Port{device: device, rings: rings, log: log, stop: make(chan struct{})}
	p.done.Go(p.toKernel)
	p.done.Go(p.fromKernel)
	return p
}

// Close ends the port, and with it the kernel interface.
func (p *Port) Close() error {
	close(p.stop)
	err := p.device.Close()
	p.done.Wait()
	return err
}

func (p *Port) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}

// toKernel gives the kernel what the queues have for it.
func (p *Port) toKernel() {
	beNice()
	pause := shortestPause
	for !p.stopped() {
		carried := 0
		for _, ring := range p.rings.ToKernel {
			carried += p.carry(ring)
		}
		if carried > 0 {
			pause = shortestPause
			continue
		}
		time.Sleep(pause)
		pause = min(2*pause, longestPause)
	}
}

// carry gives the kernel up to portBatch frames of one queue. What the kernel
// does not take, as while somebody has set the interface down, is lost, as on
// any link.
func (p *Port) carry(ring *netio.FrameRing) int {
	n := min(ring.Len(), portBatch)
	for range n {
		f := ring.Frame()
		if p.rings.Unfinished {
			frame.Finish(f)
		}
		_, _ = p.device.Write(f)
		ring.Take()
	}
	return n
}

// fromKernel gives the first queue what the kernel sends. Where the queue does
// not keep up the newest frames are lost.
func (p *Port) fromKernel() {
	ring := p.rings.FromKernel
	surplus := make([]byte, len(ring.Space()))
	for {
		space := ring.Space()
		full := space == nil
		if full {
			space = surplus
		}
		n, err := p.device.Read(space)
		switch {
		case errors.Is(err, os.ErrClosed):
			return
		case err != nil:
			p.log.Error().Err(err).Msg("the exception port no longer carries what the kernel sends: ping, TCP and neighbours fail: restart dataplane, and see who removed the interface")
			return
		case full:
			ring.Lose()
		default:
			ring.Put(n)
		}
	}
}

// beNice lets the calling goroutine's thread, which it keeps, work in the time
// that poll loops leave.
func beNice() {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	// Without the right to it the thread only competes as any other.
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, portNice)
}
