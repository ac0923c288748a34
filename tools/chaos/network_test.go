package chaos

import (
	"context"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// networkFaults lose packets without a word: connections stay half open, and
// only silence tells.
var networkFaults = []fault{
	{"cut a member off from everybody", func(w *world, hurt time.Duration) {
		w.network.Part(w.T, w.member().At, nil)
		w.silence(hurt)
	}},
	{"cut a member off from the others", func(w *world, hurt time.Duration) {
		m := w.member()
		w.part(m.At, m)
		w.silence(hurt)
	}},
	{"leave control the minority of etcd", func(w *world, hurt time.Duration) {
		m := w.leader()
		w.part(m.At, m)
		w.part(w.control, m)
		w.silence(hurt)
	}},
	{"cut control off from all of etcd", func(w *world, hurt time.Duration) {
		w.part(w.control, nil)
		w.silence(hurt)
	}},
	{"cut control off from the leader", func(w *world, hurt time.Duration) {
		w.network.Part(w.T, w.control, w.leader().At)
		w.silence(hurt)
	}},
	{"lose what the leader says to control", func(w *world, hurt time.Duration) {
		w.network.Lose(w.T, w.leader().At, w.control)
		w.silence(hurt)
	}},
	{"lose what a member says", func(w *world, hurt time.Duration) {
		w.network.Lose(w.T, w.member().At, nil)
		w.silence(hurt)
	}},
	{"lose what is said to a member", func(w *world, hurt time.Duration) {
		w.network.Lose(w.T, nil, w.member().At)
		w.silence(hurt)
	}},
	{"lose a member's machine", func(w *world, hurt time.Duration) { // and its farewells with it
		m := w.member()
		w.network.Part(w.T, m.At, nil)
		m.Kill(w.T)
		w.silence(hurt)
		m.Restart(w.T)
	}},
	{"lose control's machine", func(w *world, hurt time.Duration) { // likewise
		w.part(w.control, nil)
		w.node.Control.Kill(w.T)
		w.silence(hurt)
		w.node.StartControl(w.T)
	}},
	{"start control while it is cut off", func(w *world, hurt time.Duration) {
		w.part(w.control, nil)
		w.node.Control.Kill(w.T)
		w.node.StartControl(w.T)
		w.silence(hurt)
	}},
}

// part cuts a place off from all members but one.
func (w *world) part(place *lab.Place, but *lab.Member) {
	for _, m := range w.members {
		if m != but {
			w.network.Part(w.T, place, m.At)
		}
	}
}

// silence waits, at times for longer than anybody's patience, and mends the
// network.
func (w *world) silence(hurt time.Duration) {
	if w.rand.IntN(3) == 0 {
		hurt = time.Duration(w.rand.Int64N(int64(longest())))
	}
	time.Sleep(hurt)
	w.network.Mend(w.T)
}

// longest is how long a silence may be: no great part of a short test.
func longest() time.Duration {
	return min(20*time.Second, max(2*time.Second, *length/10))
}

// leader is the member of etcd that leads; one at random if none is known.
func (w *world) leader() *lab.Member {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for _, m := range w.members {
		if is, err := w.etcd.Status(ctx, m.URL); err == nil && is.Leader == is.Header.MemberId {
			return m
		}
	}
	return w.member()
}
