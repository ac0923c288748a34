package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// The cores of dataplane and of queryperf.
const (
	serverCore = 0
	clientCore = 1
)

const (
	// memory is what EAL is given on either side, in MiB.
	memory = 128

	// ring is the logarithm of the descriptors of memif's rings: 16,384, so that
	// a machine that takes a core away for a millisecond costs time, not queries.
	ring = 14

	// held is the most queries on their way in an open loop, so that replies find
	// room in the ring whichever side is stopped: those that are due wait, and
	// their time counts.
	held = 1<<ring - 1<<10

	serverAddress = "192.0.2.53"
	clients       = "198.18.0.0/24"
	ports         = "8" // of each client
)

// eal is the arguments of EAL for one side of the link.
func (b *bench) eal(role string, core int) []string {
	return []string{"--in-memory", "-m", strconv.Itoa(memory), "--no-pci", "--lcores", fmt.Sprintf("0@%d", core),
		fmt.Sprintf("--vdev=net_memif0,role=%s,rsize=%d,socket-abstract=no,socket=%s", role, ring, b.socket())}
}

// socket is the file by which both sides find each other.
func (b *bench) socket() string { return filepath.Join(b.dir, "memif.sock") }

// startDataplane starts bin/dataplane and waits until its statistics answer,
// which it serves just before it polls.
func (b *bench) startDataplane() (*process.Process, error) {
	statistics, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	eal, err := json.Marshal(b.eal("server", serverCore))
	if err != nil {
		return nil, err
	}
	config := filepath.Join(b.dir, "skydns.toml")
	text := fmt.Sprintf(`
[SkydnsApi]
api-enable = false
[Dns]
dns-domain = %q
dns-addr = "%s:53"
nameservers = "none"
[Log]
log-to-stdio = true
[Stats]
statsServer = %q
[Dataplane]
driver = "dpdk"
cores = [%d]
eal = %s
addresses = ["%s/24"]
snapshot-dir = %q
`, zone.Origin, serverAddress, statistics, serverCore, eal, serverAddress, b.snap.Dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	_ = os.Remove(b.socket()) // of a server that did not end well
	server, err := process.Start(process.AnyCore, "bin/dataplane", "-config-file", config)
	if err != nil {
		return nil, fmt.Errorf("%w: make build", err)
	}
	client := http.Client{Timeout: time.Second}
	err = server.Until(30*time.Second, func() error {
		resp, err := client.Get("http://" + statistics + "/metrics")
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
	if err != nil {
		server.Stop()
		return nil, err
	}
	return server, nil
}

// result is what queryperf says, times in µs.
type result struct {
	Sent, Completed, Lost, Delayed, Wrong uint64
	QPS                                   float64
	RTT                                   map[string]float64 `json:"rtt_us"`
	Rcodes                                map[string]uint64
}

// ask starts bin/dataplane and lets bin/queryperf ask it. Each answer must be a
// right one. Dataplane is started for each run because memif's driver unmaps a
// peer that leaves while a poll loop may still be reading there (DPDK 22.11).
func (b *bench) ask(lasting time.Duration, args ...string) (*result, error) {
	server, err := b.startDataplane()
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	args = append([]string{
		"-d", filepath.Join(b.dir, "queries"), "-s", serverAddress, "-A", clients, "-P", ports,
		"-K", strconv.Itoa(clientCore), "-l", fmt.Sprint(lasting.Seconds()), "-t", "1", "-o", "json",
		"-E", strings.Join(b.eal("client", clientCore), " "),
	}, args...)
	out, err := exec.Command("bin/queryperf", args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("bin/queryperf: %w: %s", err, out)
	}
	r := new(result)
	if err := json.Unmarshal(out, r); err != nil {
		return nil, fmt.Errorf("what queryperf prints: %w: %s", err, out)
	}
	if r.Wrong > 0 || r.Completed == 0 || r.Rcodes["NOERROR"] != r.Completed {
		return nil, fmt.Errorf("not every answer is right: %s", out)
	}
	return r, nil
}
