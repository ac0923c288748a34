package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ipdcode/skydns/bench/internal/clock"
	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// startDataplane starts ours. It sleeps when it is idle, as Knot does, and leaves
// to the kernel when the interface is polled, as Knot does (busy_budget).
func (b *bench) startDataplane() (*process.Process, error) {
	return b.start("skydns.toml", fmt.Sprintf(`
[SkydnsApi]
api-enable = false
[Dns]
dns-domain = %q
dns-addr = "%s:53"
nameservers = "none"
[Log]
log-to-stdio = true
[Dataplane]
driver = "dpdk"
cores = [%d]
idle = "sleep"
eal = ["--in-memory", "-m", "256", "--no-pci", "--lcores", "0@%d", "--vdev=net_af_xdp0,iface=%s,busy_budget=0"]
addresses = ["%s/24"]
snapshot-dir = %q
`, zone.Origin, serverAddress, serverCore, serverCore, serverIf, serverAddress, b.snap.Dir), "bin/dataplane", "-config-file")
}

// startKnot starts Knot with one XDP worker.
func (b *bench) startKnot() (*process.Process, error) {
	return b.start("knot.conf", fmt.Sprintf(`
server:
  rundir: %[1]s
  user: root:root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
xdp:
  listen: %[2]s@53
database:
  storage: %[1]s
log:
  - target: stderr
    any: error
zone:
  - domain: %[3]s
    file: %[1]s/zone
    zonefile-sync: -1
    journal-content: none
`, b.dir, serverIf, strings.TrimSuffix(zone.Origin, ".")), "/usr/sbin/knotd", "-c")
}

// start writes a configuration and starts a program with it, and waits until it answers.
func (b *bench) start(file, config string, program ...string) (*process.Process, error) {
	path := filepath.Join(b.dir, file)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	line := inside(b.link.server, serverCore, append(program, path)...)
	s, err := process.Start(process.AnyCore, line[0], line[1:]...)
	if err != nil {
		return nil, err
	}
	err = s.Until(30*time.Second, func() error {
		sent, replied, err := b.gun(1000, time.Second)
		if err == nil && replied < sent/2 {
			err = fmt.Errorf("%.0f queries got %.0f answers", sent, replied)
		}
		return err
	})
	if err != nil {
		s.Stop()
	}
	return s, err
}

// tries is how often a server or kxdpgun is started: the kernel frees the socket
// of the one before, and so the interface's queue, some time after that has ended.
const tries = 5

// round starts a server, asks it, and notes what that cost it.
func (b *bench) round(m *measured) error {
	s, err := m.start()
	for n := 1; err != nil && n < tries; n++ {
		s, err = m.start()
	}
	if err != nil {
		return err
	}
	defer s.Stop()
	before, err := clock.OfTree(s.Pid())
	if err != nil {
		return err
	}
	sent, replied, err := b.gun(b.rate, b.lasting)
	if err != nil {
		return err
	}
	after, err := clock.OfTree(s.Pid())
	if err != nil {
		return err
	}
	m.cost = append(m.cost, float64((after-before).Nanoseconds())/replied)
	m.rate = append(m.rate, replied/b.lasting.Seconds())
	m.replied = append(m.replied, replied/sent)
	return nil
}

var (
	sentLine    = regexp.MustCompile(`total queries:\s+(\d+)`)
	repliedLine = regexp.MustCompile(`responded NOERROR:\s+(\d+)`)
)

// gun sends queries with kxdpgun at a rate and returns how many, and how many
// right answers came.
func (b *bench) gun(rate int, lasting time.Duration) (sent, replied float64, err error) {
	line := inside(b.link.client, clientCore, "kxdpgun", "-t", strconv.Itoa(int(lasting.Seconds())), "-Q", strconv.Itoa(rate), "-b", "32",
		"-F", strconv.Itoa(clientCore), "-I", clientIf, "-R", serverMAC, "-l", clientAddress, "-i", filepath.Join(b.dir, "queries"), serverAddress)
	out, err := exec.Command(line[0], line[1:]...).CombinedOutput()
	for n := 1; bytes.Contains(out, []byte("busy")) && n < tries; n++ { // the socket of the run before
		out, err = exec.Command(line[0], line[1:]...).CombinedOutput()
	}
	if err != nil {
		return 0, 0, fmt.Errorf("kxdpgun: %w: %s", err, out)
	}
	s, r := sentLine.FindSubmatch(out), repliedLine.FindSubmatch(out)
	if s == nil || r == nil {
		return 0, 0, fmt.Errorf("kxdpgun got no right answer: %s", out)
	}
	if sent, err = strconv.ParseFloat(string(s[1]), 64); err == nil {
		replied, err = strconv.ParseFloat(string(r[1]), 64)
	}
	return sent, replied, err
}
