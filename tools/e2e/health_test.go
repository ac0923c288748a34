package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

// cctv2 is the ancestor's example of a name with several addresses.
const (
	cctv2     = "cctv2.skydns.local."
	cctv2JSON = `{"type":"A","ips":["192.168.10.1","192.168.10.2","192.168.10.3"]}`
)

var cctv2IPs = []string{"192.168.10.1", "192.168.10.2", "192.168.10.3"}

// setStatus writes an address's state into etcd as a scanner or a person does,
// and waits until control says that every core has it.
func setStatus(t *testing.T, n *lab.Node, ip, status string) {
	t.Helper()
	out := lab.Etcdctl(t, n.Etcd, "put", "-w", "json", "/skydns/monitor/status/"+ip, fmt.Sprintf(`{"status":%q}`, status))
	var put struct{ Header struct{ Revision int64 } }
	if err := json.Unmarshal([]byte(out), &put); err != nil || put.Header.Revision == 0 {
		t.Fatalf("etcdctl prints %q, %v", out, err)
	}
	published := regexp.MustCompile(`(?m)^skydns_publish_revision (\S+)$`)
	lab.Eventually(t, "publish "+ip, func() error {
		m := published.FindStringSubmatch(fetch(t, "http://"+n.API+"/metrics"))
		if m == nil {
			return errors.New("no skydns_publish_revision")
		}
		if revision, err := strconv.ParseFloat(m[1], 64); err != nil || int64(revision) < put.Header.Revision {
			return fmt.Errorf("revision %s, %v, want %d", m[1], err, put.Header.Revision)
		}
		return nil
	})
}

// TestHealth verifies that the first query after an address is DOWN does not get
// it, that it returns, and that an answer is given even if all are DOWN.
func TestHealth(t *testing.T) {
	lab.Need(t, "etcdctl")
	n := lab.StartNode(t, "", "")
	n.MustPost(t, "cctv2", cctv2JSON)
	a := testAsker(t, n.DNS)
	waitFor(t, a, cctv2, cctv2IPs...)
	next := func(when string, want ...string) {
		t.Helper()
		if err := a.expect(cctv2, want); err != nil {
			t.Fatal(when, ": ", err)
		}
	}
	for range 10 {
		setStatus(t, n, "192.168.10.3", "DOWN")
		for range 20 {
			next("while .3 is DOWN", cctv2IPs[:2]...)
		}
		setStatus(t, n, "192.168.10.3", "UP")
		next(".3 is UP again", cctv2IPs...)
	}
	for _, ip := range cctv2IPs[:2] {
		setStatus(t, n, ip, "DOWN")
	}
	next("only .3 is UP", "192.168.10.3")
	setStatus(t, n, "192.168.10.3", "DOWN")
	next("all are DOWN", cctv2IPs...)
}
