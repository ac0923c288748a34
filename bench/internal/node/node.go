// Package node runs our own programs, as bin/ holds them, with ports and
// folders of their own.
package node

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// Token is what REST wants to see.
const Token = "benchmark"

// Node is the configuration of one node.
type Node struct {
	DNS  string // host:port
	API  string // host:port of REST
	Etcd string // URL

	config string // file
}

// New writes a node's configuration to dir. etcd is the URL of an etcd, ""
// for one that is embedded in control.
func New(dir, snapshotDir, etcd string) (*Node, error) {
	var ports [3]string
	for i := range ports {
		var err error
		if ports[i], err = process.FreePort(); err != nil {
			return nil, err
		}
	}
	n := &Node{DNS: ports[0], API: ports[1], Etcd: etcd, config: filepath.Join(dir, "skydns.toml")}
	if etcd == "" {
		n.Etcd = "http://" + ports[2]
	}
	text := fmt.Sprintf(`
[Dns]
dns-domain = %q
dns-addr = %q
nameservers = "none"
ip-monitor-path = "/skydns/monitor/status/"
[Log]
log-to-stdio = true
[Etcd]
etcd-servers = %q
data-dir = %q
etcd-listen = %q
[SkydnsApi]
api-address = %q
skydns-auth = %q
[Dataplane]
driver = "socket"
cores = [0]
snapshot-dir = %q
`, zone.Origin, n.DNS, etcd, filepath.Join(dir, "etcd"), ports[2], n.API, Token, snapshotDir)
	return n, os.WriteFile(n.config, []byte(text), 0o600)
}

// StartControl starts bin/control, on any core.
func (n *Node) StartControl() (*process.Process, error) { return n.StartControlOn(process.AnyCore) }

// StartControlOn starts bin/control, bound to a core.
func (n *Node) StartControlOn(core int) (*process.Process, error) {
	return process.Start(core, "bin/control", "-config-file", n.config)
}

// StartDataplane starts bin/dataplane on core 0.
func (n *Node) StartDataplane() (*process.Process, error) {
	return process.Start(0, "bin/dataplane", "-config-file", n.config)
}

// Ready is an error as long as control has not published all that etcd holds.
func (n *Node) Ready() error {
	client := http.Client{Timeout: 2 * time.Second}
	resp, err := client.Get("http://" + n.API + "/readyz")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
