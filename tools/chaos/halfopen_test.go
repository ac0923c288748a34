package chaos

import (
	"errors"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// noticed is how soon control does without members of etcd that fell silent:
// keepalive's interval and timeout, and some time to work.
const noticed = 15 * time.Second

// TestHalfOpen verifies that control notices connections to etcd that are half
// open, on which nothing comes any more and nothing tells so, in seconds and not
// when TCP gives up after a quarter of an hour: with one member left, what is
// written elsewhere is answered, and REST takes changes.
func TestHalfOpen(t *testing.T) {
	if why := lab.Apart(); why != nil {
		t.Skipf("no network namespaces: %v", why)
	}
	t.Parallel()
	w := newWorld(t)
	j := newJudge(w, w.urls())
	left := w.members[0]
	if left == w.leader() {
		left = w.members[1]
	}
	start := time.Now()
	for _, m := range w.members {
		if m != left {
			w.network.Lose(t, m.At, w.control)
		}
	}
	const elsewhere, here = "elsewhere" + domain, "here" + domain
	if _, err := w.etcd.Put(t.Context(), "/skydns/local/skydns/elsewhere/x", `{"host":"`+targetIP+`"}`); err != nil {
		t.Fatal(err)
	}
	lab.Eventually(t, "add by REST", func() error { return w.node.Post(here, `{"ips":["`+targetIP+`"]}`) })
	lab.Eventually(t, "answer", func() error {
		return errors.Join(j.compareDNS(elsewhere, state{"A " + targetIP}), j.compareDNS(here, state{"A " + targetIP}))
	})
	if took := time.Since(start); took > noticed {
		t.Errorf("control took %v", took)
	}
}
