package e2e

import (
	"fmt"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

// cctv2 is the ancestor's example of a name with several addresses.
const (
	cctv2     = "cctv2.skydns.local."
	cctv2JSON = `{"type":"A","ips":["192.168.10.1","192.168.10.2","192.168.10.3"]}`
)

var cctv2IPs = []string{"192.168.10.1", "192.168.10.2", "192.168.10.3"}

// setStatus writes an address's state into etcd as a scanner or a person does.
func setStatus(t *testing.T, n *lab.Node, ip, status string) {
	t.Helper()
	lab.Etcdctl(t, n.Etcd, "put", "/skydns/monitor/status/"+ip, fmt.Sprintf(`{"status":%q}`, status))
}

// TestHealth verifies that an address that is DOWN is not answered, that it
// returns, and that an answer is given even if all are DOWN.
func TestHealth(t *testing.T) {
	lab.Need(t, "etcdctl")
	n := lab.StartNode(t, "", "")
	n.MustPost(t, "cctv2", cctv2JSON)
	a := testAsker(t, n.DNS)
	waitFor(t, a, cctv2, cctv2IPs...)

	setStatus(t, n, "192.168.10.3", "DOWN")
	waitFor(t, a, cctv2, cctv2IPs[:2]...)
	for range 200 {
		if err := a.expect(cctv2, cctv2IPs[:2]); err != nil {
			t.Fatal("while .3 is DOWN: ", err)
		}
	}
	setStatus(t, n, "192.168.10.3", "UP")
	waitFor(t, a, cctv2, cctv2IPs...)

	for _, ip := range cctv2IPs[:2] {
		setStatus(t, n, ip, "DOWN")
	}
	waitFor(t, a, cctv2, "192.168.10.3")
	setStatus(t, n, "192.168.10.3", "DOWN")
	waitFor(t, a, cctv2, cctv2IPs...)
}
