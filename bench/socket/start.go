package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/zone"
)

// peer is a server of somebody else: one worker, nothing but the zone.
// In its configuration and arguments DIR, HOST, PORT, ZONE and CONFIG stand
// for what they name.
type peer struct {
	name, program, args string
	config              string
}

var peers = []peer{
	{"knot", "/usr/sbin/knotd", "-c CONFIG", `
server:
  listen: HOST@PORT
  rundir: DIR
  user: root:root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: DIR
log:
  - target: stderr
    any: error
zone:
  - domain: ZONE
    file: DIR/zone
    zonefile-sync: -1
    journal-content: none
`},
	{"nsd", "/usr/sbin/nsd", "-d -c CONFIG", `
server:
  ip-address: HOST@PORT
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: ""
  database: ""
  pidfile: ""
  zonelistfile: DIR/zone.list
  xfrdfile: DIR/xfrd.state
  xfrdir: DIR
remote-control:
  control-enable: no
zone:
  name: ZONE
  zonefile: DIR/zone
`},
	{"bind", "/usr/sbin/named", "-g -n 1 -c CONFIG", `
options {
  directory "DIR";
  listen-on port PORT { HOST; };
  listen-on-v6 { none; };
  pid-file none;
  session-keyfile none;
  recursion no;
  minimal-responses yes;
};
controls { };
zone "ZONE" { type primary; file "DIR/zone"; };
`},
	{"unbound", "/usr/sbin/unbound", "-d -c CONFIG", `
server:
  interface: HOST@PORT
  num-threads: 1
  do-daemonize: no
  use-syslog: no
  verbosity: 0
  username: ""
  chroot: ""
  pidfile: ""
  directory: "DIR"
  module-config: "iterator"
remote-control:
  control-enable: no
auth-zone:
  name: ZONE
  zonefile: DIR/zone
  for-downstream: yes
  for-upstream: no
  fallback-enabled: no
`},
	{"coredns", "bin/peers/coredns", "-conf CONFIG", `
.:PORT {
  bind HOST
  file DIR/zone ZONE
}
`},
}

// startAll starts our server, which is the first, and the peers, and waits
// until they answer. Those that run are returned with an error, too.
func startAll(dir, snapshotDir string) ([]*server, error) {
	n, err := node.New(dir, snapshotDir, "")
	if err != nil {
		return nil, err
	}
	ours, err := n.StartDataplane()
	if err != nil {
		return nil, fmt.Errorf("%w: make build", err)
	}
	servers := []*server{{name: "skydns", addr: n.DNS, Process: ours}}
	for _, p := range peers {
		s, err := p.start(dir)
		if err != nil {
			return servers, fmt.Errorf("%s: %w: make bench-socket installs it", p.name, err)
		}
		servers = append(servers, s)
	}
	for _, s := range servers {
		if err := s.Until(30*time.Second, s.answers); err != nil {
			return servers, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return servers, nil
}

// start starts the peer in a folder of its own below dir.
func (p peer) start(dir string) (*server, error) {
	addr, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	own := filepath.Join(dir, p.name)
	if err := os.Mkdir(own, 0o755); err != nil {
		return nil, err
	}
	if err := os.Link(filepath.Join(dir, "zone"), filepath.Join(own, "zone")); err != nil {
		return nil, err
	}
	config := filepath.Join(own, "config")
	fill := strings.NewReplacer("DIR", own, "HOST", host, "PORT", port, "ZONE", strings.TrimSuffix(zone.Origin, "."), "CONFIG", config)
	if err := os.WriteFile(config, []byte(fill.Replace(p.config)), 0o644); err != nil {
		return nil, err
	}
	process, err := process.Start(serverCore, p.program, strings.Fields(fill.Replace(p.args))...)
	if err != nil {
		return nil, err
	}
	return &server{name: p.name, addr: addr, Process: process}, nil
}
