package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// TestBeforeTheFirstSync verifies that a node that does not know yet says
// so: SERVFAIL, never NXDOMAIN.
func TestBeforeTheFirstSync(t *testing.T) {
	etcd := lab.StartEtcd(t)
	etcd.Kill(t)
	n := lab.NewNode(t, etcd.URL, "")
	n.StartDataplane(t)
	a := testAsker(t, n.DNS)
	servFail := func() error {
		reply, err := a.ask(cctv2, dns.TypeA)
		if err != nil {
			return err
		}
		if reply.Rcode != dns.RcodeServerFailure {
			return fmt.Errorf("%s, want SERVFAIL", dns.RcodeToString[reply.Rcode])
		}
		return nil
	}
	lab.Eventually(t, "without a snapshot", servFail)

	n.StartControl(t)
	lab.Eventually(t, "control without etcd", func() error {
		resp, err := http.Get("http://" + n.API + "/readyz")
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			return fmt.Errorf("/readyz: %s, want 503", resp.Status)
		}
		return nil
	})
	for range 100 {
		if err := servFail(); err != nil {
			t.Fatal("control without etcd: ", err)
		}
	}

	etcd.Restart(t)
	n.WaitReady(t)
	n.MustPost(t, "cctv2", cctv2JSON)
	waitFor(t, a, cctv2, cctv2IPs...)
}

// TestTerminate verifies that both processes end with exit code 0 on SIGTERM,
// while they are asked.
func TestTerminate(t *testing.T) {
	n := lab.StartNode(t, "", "")
	n.MustPost(t, "cctv2", cctv2JSON)
	a := testAsker(t, n.DNS)
	waitFor(t, a, cctv2, cctv2IPs...)

	l := startLoad(t, n.DNS, []entry{{cctv2, cctv2IPs}})
	l.pass(t, 200)
	if code := n.Control.Terminate(t); code != 0 {
		t.Errorf("control: exit code %d after SIGTERM, want 0", code)
	}
	l.pass(t, 200)
	l.finish(t)
	if code := n.Dataplane.Terminate(t); code != 0 {
		t.Errorf("dataplane: exit code %d after SIGTERM, want 0", code)
	}
}
