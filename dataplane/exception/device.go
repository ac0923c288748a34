//go:build dpdk

package exception

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/ipdcode/skydns/cgo/dpdk"
)

const (
	deviceRing    = 256
	deviceBuffers = 2047
)

// device is a DPDK port that carries one frame a call.
type device struct {
	port dpdk.Port
	pool dpdk.Pool

	mu     sync.Mutex  // of all below
	in     *dpdk.Burst // its frames [next:n] are to be read
	n      int
	next   int
	out    *dpdk.Burst
	closed bool
}

// attachDevice adds a device to DPDK and starts it with one queue.
func attachDevice(name, args string) (*device, error) {
	if err := dpdk.Attach(name + "," + args); err != nil {
		return nil, err
	}
	port, err := dpdk.FindPort(name)
	if err != nil {
		return nil, err
	}
	if _, err := port.Start(dpdk.Setup{Queues: 1, Ring: deviceRing, Buffers: deviceBuffers, Plain: true}); err != nil {
		return nil, err
	}
	d := &device{port: port}
	var errs [3]error
	d.in, errs[0] = port.NewBurst()
	d.out, errs[1] = port.NewBurst()
	d.pool, errs[2] = port.Pool(0)
	return d, errors.Join(errs[:]...)
}

// Read copies the next frame that the kernel sends into f. It waits for one.
func (d *device) Read(f []byte) (int, error) {
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		if n, err := d.tryRead(f); n > 0 || err != nil {
			return n, err
		}
		time.Sleep(pause)
	}
}

// tryRead is Read without waiting: 0 if there is no frame.
func (d *device) tryRead(f []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return 0, os.ErrClosed
	}
	if d.next == d.n {
		d.n, d.next = d.in.Receive(d.port, 0), 0
		if d.n == 0 {
			return 0, nil
		}
	}
	n := copy(f, d.in.Frame(d.next))
	d.in.SetLen(d.next, 0)
	if d.next++; d.next == d.n {
		d.in.Transmit(d.port, 0, 0) // of nothing: frees them
	}
	return n, nil
}

// Write gives a copy of frame f to the kernel. One that it has no room for is lost.
func (d *device) Write(f []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return 0, os.ErrClosed
	}
	if d.out.Fill(d.pool, 1) == 1 {
		room := d.out.Frame(0)
		d.out.SetLen(0, copy(room[:cap(room)], f))
		d.out.Transmit(d.port, 0, 0)
	}
	return len(f), nil
}

// Close closes the port; Read and Write return errors from then on.
func (d *device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.in.Free()
	d.out.Free()
	return d.port.Close(1)
}
