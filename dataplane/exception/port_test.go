package exception

import (
	"bytes"
	"encoding/hex"

	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/dataplane/netio"
)

// kernelSide is the interface of the tests.
var kernelSide = Interface{
	Name: "skytest0", MAC: [6]byte{2, 0, 0, 0, 0, 0x53}, MTU: 1400,
	Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.53/24"), netip.MustParsePrefix("2001:db8::53/64")},
}

// inNamespace runs f in a network namespace of its own.
func inNamespace(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces and TAP need root")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skipf("no TAP here: %v", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Errorf("make a network namespace: %v", err)
			return
		}
		f(t)
	}()
	<-done
}

// TestTAP verifies that the kernel interface has the port's MAC, MTU and
// addresses, that the kernel answers what the rings bring, and that the
// interface goes with the port.
func TestTAP(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		rings := netio.NewExceptions(2)
		port, err := OpenTAP(kernelSide, rings, zerolog.Nop())
		if err != nil {
			t.Error(err)
			return
		}
		checkInterface(t)
		askARP(t, rings, rings.ToKernel[1])
		if err := port.Close(); err != nil {
			t.Error(err)
		}
		if _, err := net.InterfaceByName(kernelSide.Name); err == nil {
			t.Error("the interface is there after Close")
		}
	})
}

// askARP asks the kernel by one of the rings who has the first address.
func askARP(t *testing.T, rings *netio.Exceptions, ring *netio.FrameRing) {
	t.Helper()
	question := hexFrame(t, "ffffffffffff 020000000077 0806 0001 0800 06 04 0001 020000000077 c000024d 000000000000 c0000235")
	want := hexFrame(t, "020000000077 020000000053 0806 0001 0800 06 04 0002 020000000053 c0000235 020000000077 c000024d")
	ring.Put(copy(ring.Space(), question))
	if !awaitFrame(rings.FromKernel, want) {
		t.Error("the kernel does not answer ARP")
	}
}

// checkInterface compares the interface with kernelSide.
func checkInterface(t *testing.T) {
	dev, err := net.InterfaceByName(kernelSide.Name)
	if err != nil {
		t.Error(err)
		return
	}
	if !bytes.Equal(dev.HardwareAddr, kernelSide.MAC[:]) || dev.MTU != kernelSide.MTU || dev.Flags&net.FlagUp == 0 {
		t.Errorf("the interface is %+v", dev)
	}
	addrs, err := dev.Addrs()
	if err != nil {
		t.Error(err)
	}
	var text []string
	for _, a := range addrs {
		text = append(text, a.String())
	}
	for _, a := range kernelSide.Addresses {
		if !strings.Contains(strings.Join(text, " "), a.String()) {
			t.Errorf("the interface has %v, not %v", text, a)
		}
	}
}

// awaitFrame takes frames out of the ring until the wanted one comes.
func awaitFrame(ring *netio.FrameRing, want []byte) bool {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if ring.Len() == 0 {
			time.Sleep(time.Millisecond)
			continue
		}
		f := ring.Frame()
		same := bytes.HasPrefix(f, want)
		ring.Take()
		if same {
			return true
		}
	}
	return false
}

func hexFrame(t *testing.T, digits string) []byte {
	f, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Error(err)
	}
	return f
}

// TestTAPTwice verifies that a name that another process has is refused in one
// line that says what to do.
func TestTAPTwice(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		port, err := OpenTAP(kernelSide, netio.NewExceptions(1), zerolog.Nop())
		if err != nil {
			t.Error(err)
			return
		}
		defer port.Close()
		_, err = OpenTAP(kernelSide, netio.NewExceptions(1), zerolog.Nop())
		if err == nil || !strings.Contains(err.Error(), "exception-interface") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: does not say what to do in one line", err)
		}
	})
}

// wall is a device whose kernel never takes a frame.
type wall struct{ frames chan []byte }

func (w wall) Read(f []byte) (int, error) {
	one, ok := <-w.frames
	if !ok {
		return 0, os.ErrClosed
	}
	return copy(f, one), nil
}

func (w wall) Write(f []byte) (int, error) { return 0, unix.EIO }

func (w wall) Close() error { close(w.frames); return nil }

// TestPortLosesSurplus verifies that the port reads on while the queue does
// not take what it has read, that what comes first is kept, and that a device
// that fails is not the end of the port.
func TestPortLosesSurplus(t *testing.T) {
	rings, device := netio.NewExceptions(1), wall{make(chan []byte)}
	p := newPort(device, rings, zerolog.Nop())
	rings.ToKernel[0].Put(60)
	for i := range 1000 {
		device.frames <- []byte{byte(i >> 8), byte(i)}
	}
	for rings.ToKernel[0].Len() > 0 {
		time.Sleep(time.Millisecond)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	n := rings.FromKernel.Len()
	for i := range n {
		if got := rings.FromKernel.Frame(); int(got[0])<<8|int(got[1]) != i {
			t.Fatalf("frame %d is %x", i, got)
		}
		rings.FromKernel.Take()
	}
	if _, lost := rings.FromKernel.Carried(); n == 0 || lost == 0 || n+int(lost) != 1000 {
		t.Errorf("%d frames kept and %d lost of 1000", n, lost)
	}
}
