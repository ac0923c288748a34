package lab

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Token is what the REST interface of every node wants to see.
const Token = "123456789"

// Node is one DNS node for the domain skydns.local: a control and a
// dataplane. A test starts and kills each of them as it likes; ports,
// configuration and data stay the same.
type Node struct {
	DNS  string // host:port, UDP and TCP
	API  string // host:port of REST
	Etcd string // URL

	// Stats is host:port of dataplane's statistics, which want to see Token.
	Stats string

	Snapshot string // folder

	Control, Dataplane *Process

	config    string // file
	controlAt *Place
}

// NewNode writes the configuration of a node and starts nothing. etcd is the
// URL of an etcd, "" for one embedded in control. choice is how one of several
// addresses is chosen: "", "random-one" or "hone-one".
func NewNode(tb testing.TB, etcd, choice string) *Node {
	tb.Helper()
	return newNode(tb, nil, etcd, choice)
}

// newNode is NewNode with control in a place of its own.
func newNode(tb testing.TB, controlAt *Place, etcd, choice string) *Node {
	tb.Helper()
	dir := tb.TempDir()
	n := &Node{DNS: FreePort(tb), API: FreePort(tb), Stats: FreePort(tb), Etcd: etcd, config: filepath.Join(dir, "skydns.toml"), controlAt: controlAt}
	if controlAt != nil {
		n.API = controlAt.Port(9001)
	}
	n.Snapshot = filepath.Join(dir, "snapshot")
	listen := FreePort(tb)
	if etcd == "" {
		n.Etcd = "http://" + listen
	}
	if choice == "" {
		choice = "random-one = false"
	} else {
		choice += " = true"
	}
	text := fmt.Sprintf(`
[Dns]
dns-domain = "skydns.local."
dns-addr = %q
nameservers = "none"
ip-monitor-path = "/skydns/monitor/status/"
[Log]
log-level = "debug"
log-to-stdio = true
[Etcd]
etcd-servers = %q
data-dir = %q
etcd-listen = %q
[Fun]
%s
[Stats]
statsServer = %q
statsServerAuthToken = %q
[SkydnsApi]
api-address = %q
skydns-auth = %q
[Dataplane]
driver = "socket"
snapshot-dir = %q
`, n.DNS, etcd, filepath.Join(dir, "etcd"), listen, choice, n.Stats, Token, n.API, Token, n.Snapshot)
	if err := os.WriteFile(n.config, []byte(text), 0o600); err != nil {
		tb.Fatalf("lab: %v", err)
	}
	return n
}

// StartNode starts both processes of a new node and waits until it is ready.
func StartNode(tb testing.TB, etcd, choice string) *Node {
	tb.Helper()
	return StartNodeAt(tb, nil, etcd, choice)
}

// StartNodeAt is StartNode with control in a place of its own.
func StartNodeAt(tb testing.TB, controlAt *Place, etcd, choice string) *Node {
	tb.Helper()
	n := newNode(tb, controlAt, etcd, choice)
	n.StartControl(tb)
	n.StartDataplane(tb)
	n.WaitReady(tb)
	return n
}

// StartControl starts control and does not wait for anything.
func (n *Node) StartControl(tb testing.TB) {
	tb.Helper()
	n.Control = n.controlAt.Start(tb, "control", "-config-file", n.config)
}

// StartDataplane starts dataplane and does not wait for anything.
func (n *Node) StartDataplane(tb testing.TB) {
	tb.Helper()
	n.Dataplane = Start(tb, "dataplane", "-config-file", n.config)
}

// WaitReady waits until control has published all that etcd holds.
func (n *Node) WaitReady(tb testing.TB) {
	tb.Helper()
	Eventually(tb, "start control", func() error {
		if !n.Control.Alive() {
			tb.Fatal("control has ended")
		}
		return getOK("http://" + n.API + "/readyz")
	})
}

// Post sends the JSON text to REST as a new record of the name.
func (n *Node) Post(name, json string) error {
	url := "http://" + n.API + "/skydns/api/" + name + "?token=" + Token
	client := http.Client{Timeout: patience}
	resp, err := client.Post(url, "application/json", strings.NewReader(json))
	if err != nil {
		return err
	}
	return checkOK(resp)
}

// MustPost is Post, which the test depends on.
func (n *Node) MustPost(tb testing.TB, name, json string) {
	tb.Helper()
	if err := n.Post(name, json); err != nil {
		tb.Fatalf("add %s: %v", name, err)
	}
}

func getOK(url string) error {
	client := http.Client{Timeout: 2 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	return checkOK(resp)
}

// checkOK reads the reply to its end; it is an error if the status is not 200.
func checkOK(resp *http.Response) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	return nil
}
