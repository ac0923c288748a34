//go:build dpdk

package netio_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/cgo/dpdk"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// EAL can be started once in a process, so the tests of devices run a server
// each: this test binary, started again with a serverConfig in its environment.
const serverVariable = "SKYDNS_TEST_DPDK_SERVER"

// serverConfig is what a server process serves: queries are echoed.
type serverConfig struct {
	EAL       []string // besides --no-pci and a --file-prefix of its own
	Queues    int
	Addresses []netip.Addr
	Shared    bool
}

func TestMain(m *testing.M) {
	text := os.Getenv(serverVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var c serverConfig
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		err = c.serve(os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve prints the port's MAC once it is ready, echoes until in ends, and then
// prints how many queries each queue had.
func (c serverConfig) serve(in io.Reader, out io.Writer) error {
	prefix := fmt.Sprint("skydns-test-", os.Getpid())
	defer os.RemoveAll(filepath.Join("/var/run/dpdk", prefix))
	if _, err := dpdk.Init(append([]string{"--no-pci", "--file-prefix", prefix}, c.EAL...)); err != nil {
		return err
	}
	port, err := dpdk.FindPort("")
	if err != nil {
		return err
	}
	queues, err := netio.OpenDPDK(netio.DPDKConfig{Queues: c.Queues, Addresses: c.Addresses, UDPPort: 53, Shared: c.Shared, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	info, err := port.Info()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, info.MAC)
	go func() {
		io.Copy(io.Discard, in)
		for _, q := range queues {
			q.Close()
		}
	}()
	var loops sync.WaitGroup
	counts := make([]int, len(queues))
	for i, q := range queues {
		loops.Go(func() { counts[i] = echoUntilClosed(q) })
	}
	loops.Wait()
	fmt.Fprintln(out, counts)
	return nil
}

// echoUntilClosed is a worker that echoes. It leaves the processor when there
// is nothing to do: tests share it. It returns how many queries there were.
func echoUntilClosed(q netio.Queue) (queries int) {
	runtime.LockOSThread()
	b := new(engine.Batch)
	for q.Receive(b) {
		if b.N == 0 {
			time.Sleep(100 * time.Microsecond)
			continue
		}
		for i := range b.N {
			b.Msg[i] = echo(b.Msg[i])
		}
		queries += b.N
		q.Send(b)
	}
	return queries
}

// echoServer is a running server process.
type echoServer struct {
	t     *testing.T
	cmd   *exec.Cmd
	input io.Closer
	out   *bufio.Reader
	said  *strings.Builder // its stderr, valid once it has ended
	mac   net.HardwareAddr // of its port
}

// startServer runs a server in a namespace and waits until it is ready.
func startServer(t *testing.T, ns netns, c serverConfig) *echoServer {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	if ns != "" {
		cmd = ns.command(os.Args[0])
	}
	cmd.Env = append(os.Environ(), serverVariable+"="+string(text))
	s := &echoServer{t: t, cmd: cmd, said: new(strings.Builder)}
	cmd.Stderr = s.said
	if s.input, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	s.out = bufio.NewReader(out)
	line, _ := s.out.ReadString('\n')
	if s.mac, err = net.ParseMAC(strings.TrimSpace(line)); err != nil {
		cmd.Wait()
		t.Fatalf("the server did not start: %s", s.said)
	}
	return s
}

// stop ends the server, which has to close its port and exit well, and to have
// had queries in each of its queues.
func (s *echoServer) stop() {
	s.t.Helper()
	s.input.Close()
	timeout := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
	defer timeout.Stop()
	counts, err := s.out.ReadString('\n')
	if err != nil || slices.Contains(strings.Fields(strings.Trim(counts, "[]\n")), "0") {
		s.t.Errorf("queries by queue: %s, want some in each: %v", counts, err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the server's end: %v: %s", err, s.said)
	}
}

// kill ends the server without giving it a chance to close its port.
func (s *echoServer) kill() {
	s.t.Helper()
	s.cmd.Process.Kill()
	s.cmd.Wait()
	os.RemoveAll(filepath.Join("/var/run/dpdk", fmt.Sprint("skydns-test-", s.cmd.Process.Pid)))
}
