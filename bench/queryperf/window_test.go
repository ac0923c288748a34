package main

import (
	"math/rand/v2"
	"testing"
)

// TestWindow sends and answers at random and compares with a map.
func TestWindow(t *testing.T) {
	for _, c := range []struct {
		name  string
		flows int
		run   uint
	}{
		{"one flow", 1, 0},
		{"one flow in runs", 1, 6},
		{"flows in turn", 7, 0},
		{"flows in runs", 5, 6},
		{"many flows", 300, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			type key struct {
				flow int
				id   uint16
			}
			random := rand.New(rand.NewPCG(1, 2))
			w := newWindow(c.flows, c.run)
			waiting := map[key]slot{}
			var order []key
			for n := range 3 * ids {
				flow, id := w.next()
				k := key{flow, id}
				if _, twice := waiting[k]; twice {
					t.Fatalf("query %d gets the id of one that waits: %v", n, k)
				}
				waiting[k] = slot{int64(n), uint32(n)}
				order = append(order, k)
				w.push(int64(n), uint32(n))
				for len(waiting) > 100 {
					i := random.IntN(len(order))
					k := order[i]
					order[i] = order[len(order)-1]
					order = order[:len(order)-1]
					if got, ok := w.take(k.flow, k.id); !ok || got != waiting[k] {
						t.Fatalf("answer %v: %v, %v, want %v", k, got, ok, waiting[k])
					}
					if _, ok := w.take(k.flow, k.id); ok {
						t.Fatalf("answer %v is taken twice", k)
					}
					delete(waiting, k)
				}
			}
			if w.outstanding != len(waiting) {
				t.Errorf("%d are outstanding, want %d", w.outstanding, len(waiting))
			}
			if lost := w.expire(1<<62, 0); lost != len(waiting) || w.outstanding != 0 {
				t.Errorf("%d are lost and %d outstanding, want %d and 0", lost, w.outstanding, len(waiting))
			}
		})
	}
}

// TestWindowStrangers verifies that answers to nothing are taken for nothing.
func TestWindowStrangers(t *testing.T) {
	w := newWindow(3, 2)
	for range 10 {
		w.push(1, 0)
	}
	taken := 0
	for flow := range 3 {
		for id := range ids {
			if _, ok := w.take(flow, uint16(id)); ok {
				taken++
			}
		}
	}
	if taken != 10 {
		t.Errorf("%d answers to 10 queries", taken)
	}
}

// TestWindowExpire verifies that old queries are given up after their time, or
// when their ids are needed again.
func TestWindowExpire(t *testing.T) {
	w := newWindow(1, 0)
	for n := range w.limit {
		w.push(int64(n), 0)
	}
	if lost := w.expire(10, 0); lost != 10 {
		t.Errorf("%d are lost by time, want 10", lost)
	}
	if lost := w.expire(0, 64); lost != 54 {
		t.Errorf("%d are lost to make room, want 54", lost)
	}
	if uint64(w.outstanding) != w.limit-64 {
		t.Errorf("%d are outstanding", w.outstanding)
	}
}
