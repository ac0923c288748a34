package chaos

import (
	"errors"
	"strings"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// fault breaks something for a while, and mends it. hurt is a moment's length,
// drawn at random.
type fault struct {
	name string
	do   func(w *world, hurt time.Duration)
}

var faults = []fault{
	{"kill a member of etcd", func(w *world, hurt time.Duration) {
		m := w.member()
		m.Kill(w.T)
		time.Sleep(hurt)
		m.Restart(w.T)
	}},
	{"kill most of etcd", func(w *world, hurt time.Duration) {
		for _, m := range w.members[1:] {
			m.Kill(w.T)
		}
		time.Sleep(hurt)
		for _, m := range w.members[1:] {
			m.Restart(w.T)
		}
	}},
	{"stop a member of etcd", func(w *world, hurt time.Duration) {
		m := w.member()
		m.Pause()
		time.Sleep(hurt)
		m.Resume()
	}},
	{"kill control", func(w *world, hurt time.Duration) {
		w.node.Control.Kill(w.T)
		time.Sleep(hurt / 4)
		w.node.StartControl(w.T)
	}},
	{"stop control", func(w *world, hurt time.Duration) {
		w.node.Control.Pause()
		time.Sleep(hurt)
		w.node.Control.Resume()
	}},
	{"end control", func(w *world, hurt time.Duration) {
		lab.Eventually(w.T, "control starts", func() error { // and so takes signals
			if !strings.Contains(w.node.Control.Log(), "control starts") {
				return errors.New("it has not said so")
			}
			return nil
		})
		if code := w.node.Control.Terminate(w.T); code != 0 {
			w.Errorf("control ends with %d on SIGTERM", code)
		}
		w.node.StartControl(w.T)
	}},
	{"kill dataplane", func(w *world, hurt time.Duration) {
		w.node.Dataplane.Kill(w.T)
		w.node.StartDataplane(w.T)
	}},
	{"stop dataplane", func(w *world, hurt time.Duration) {
		w.node.Dataplane.Pause()
		time.Sleep(hurt / 4)
		w.node.Dataplane.Resume()
	}},
}

// member is one of etcd's, at random.
func (w *world) member() *lab.Member { return w.members[w.rand.IntN(len(w.members))] }

// trouble makes one fault after the other until the time is over.
func (w *world) trouble(until time.Time) {
	for time.Now().Before(until) {
		f := w.faults[w.rand.IntN(len(w.faults))]
		hurt := time.Duration(100+w.rand.IntN(1900)) * time.Millisecond
		w.counts[f.name]++
		f.do(w, hurt)
		time.Sleep(time.Duration(w.rand.IntN(500)) * time.Millisecond)
	}
}
