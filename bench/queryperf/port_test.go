//go:build dpdk

package main

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

const (
	// asServer makes the test binary be the other side of a link: the value is the
	// path of its socket.
	asServer = "SKYDNS_TEST_AS_MEMIF_SERVER"

	// isAlone says that the test binary runs one test in a process of its own.
	isAlone = "SKYDNS_TEST_ALONE"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(asServer); path != "" {
		fmt.Fprintln(os.Stderr, mirror(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// eal is the arguments of EAL for one side of the link.
func eal(role, path string) []string {
	return []string{"--no-huge", "-m", "64", "--no-pci", "--no-telemetry", fmt.Sprintf("--file-prefix=queryperf-%d", os.Getpid()),
		fmt.Sprintf("--vdev=net_memif0,role=%s,socket-abstract=no,socket=%s", role, path)}
}

// mirror answers every query with itself, as a response, until the process is
// killed. It prints a line once it is ready, and one when it has answered first.
func mirror(path string) error {
	if _, err := dpdk.Init(eal("server", path)); err != nil {
		return err
	}
	queues, err := netio.OpenDPDK(netio.DPDKConfig{
		Queues: 1, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}, UDPPort: 53,
		Buffers: 2047, Log: zerolog.Nop(),
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	b := new(engine.Batch)
	tell := sync.OnceFunc(func() { fmt.Println("answered") })
	for queues[0].Receive(b) {
		if b.N == 0 {
			time.Sleep(10 * time.Microsecond) // the machine may have one core
			continue
		}
		for i := range b.N {
			b.Msg[i][2] |= 0x80
		}
		queues[0].Send(b)
		tell()
	}
	return nil
}

// alone runs the test that calls it in a process of its own, for EAL starts once
// in a process. It returns true there.
func alone(t *testing.T) bool {
	if os.Getenv(isAlone) != "" {
		return true
	}
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), isAlone+"=yes")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return false
}

// startMirror starts the other side of a link and returns the lines that it says.
func startMirror(t *testing.T, path string) *bufio.Scanner {
	t.Helper()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), asServer+"="+path)
	var stderr strings.Builder
	other.Stderr = &stderr
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(30*time.Second, func() { other.Process.Kill() })
	t.Cleanup(func() { stuck.Stop(); other.Process.Kill(); _ = other.Wait() })
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || lines.Text() != "ready" {
		_ = other.Wait()
		t.Fatalf("the other side does not start: %s", &stderr)
	}
	return lines
}

// TestPort asks another process over net_memif, from many clients.
func TestPort(t *testing.T) {
	if !alone(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "link")
	startMirror(t, path)
	o, err := parse([]string{"-s", "192.0.2.1", "-d", queries(t, 500), "-n", "4", "-q", "100", "-A", "198.18.0.0/28", "-P", "3",
		"-E", strings.Join(eal("client", path), " ")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := run(o)
	if err != nil {
		t.Fatal(err)
	}
	if r.sent.Load() != 2000 || r.completed.Load() != 2000 || r.wrong+r.delayed > 0 {
		t.Errorf("%d sent, %d completed, %d wrong, %d delayed, want 2000 of the first two",
			r.sent.Load(), r.completed.Load(), r.wrong, r.delayed)
	}
}

// TestFirstAnswersFindRoom verifies that answers which come before this side has
// looked for any are not lost: of net_memif the first burst of them was.
func TestFirstAnswersFindRoom(t *testing.T) {
	if !alone(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "link")
	lines := startMirror(t, path)
	o, err := parse([]string{"-s", "192.0.2.1", "-d", queries(t, 1), "-A", "198.18.0.1", "-E", strings.Join(eal("client", path), " ")})
	if err != nil {
		t.Fatal(err)
	}
	w, err := openPort(o, netip.MustParseAddrPort("192.0.2.1:53"), []netip.Addr{netip.MustParseAddr("198.18.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	d, err := load(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.room(1)
	w.put(0, 7, d.query(0))
	if n := w.send(); n != 1 || !lines.Scan() {
		t.Fatalf("%d queries are sent, and the other side says nothing", n)
	}
	for end := time.Now().Add(5 * time.Second); w.receive(0) == 0; {
		if time.Now().After(end) {
			t.Fatal("the answer is lost")
		}
	}
}
