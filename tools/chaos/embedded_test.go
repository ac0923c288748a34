package chaos

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// TestEmbeddedKilled verifies that control's own etcd loses nothing that was
// acknowledged when control is killed in the middle of changes.
func TestEmbeddedKilled(t *testing.T) {
	t.Parallel()
	w := &world{T: t, rand: rand.New(rand.NewPCG(*seed, 1)), counts: map[string]int{}, node: lab.StartNode(t, "", "")}
	w.node.MustPost(t, "target"+domain, `{"type":"A","ips":["`+targetIP+`"]}`)
	j := newJudge(w, []string{w.node.Etcd})
	c := newClient(0, w.node, *seed)
	stop := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() { c.run(stop) })
	for range 3 {
		time.Sleep(time.Duration(200+w.rand.IntN(500)) * time.Millisecond)
		w.node.Control.Kill(t)
		w.node.StartControl(t)
		w.counts["kill control"]++
		w.node.WaitReady(t)
		rest([]*client{c})
		j.judge([]*client{c})
		wake([]*client{c})
	}
	close(stop)
	running.Wait()
	report(t, w, []*client{c})
}
