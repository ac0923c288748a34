package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/tools/lab"
)

const (
	statusPrefix = "/skydns/monitor/status/"
	watchedNames = 3 // with watchedIPs addresses each, whose states change
	watchedIPs   = 3
)

func watched(i int) string           { return fmt.Sprintf("watched%d%s", i, domain) }
func watchedAddress(i, n int) string { return fmt.Sprintf("10.98.%d.%d", i, n) }

// scanner says of addresses that they are UP or DOWN, as scanners do: in etcd,
// by compare-and-swap. Its model is by status key.
type scanner struct {
	etcd  *clientv3.Client
	rand  *rand.Rand
	model model

	resting sync.Mutex // held by the judge while the scanner rests, else by the scanner
	counts  [unknown + 1]int
}

// newScanner makes the names that are watched.
func newScanner(j *judge, seed uint64) *scanner {
	s := &scanner{etcd: j.etcd, rand: rand.New(rand.NewPCG(seed, 1<<32)), model: model{}}
	for i := range watchedNames {
		var ips []string
		for n := range watchedIPs {
			ips = append(ips, fmt.Sprintf("%q", watchedAddress(i, n)))
			s.model.settle(statusPrefix+watchedAddress(i, n), state{"UP"})
		}
		j.node.MustPost(j.T, watched(i), `{"type":"A","ips":[`+strings.Join(ips, ",")+`]}`)
	}
	return s
}

// run changes states until stop is closed.
func (s *scanner) run(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		s.resting.Lock()
		s.change()
		s.resting.Unlock()
		time.Sleep(time.Duration(s.rand.IntN(50)) * time.Millisecond)
	}
}

// change changes the state of one address, and notes the outcome.
func (s *scanner) change() {
	key := statusPrefix + watchedAddress(s.rand.IntN(watchedNames), s.rand.IntN(watchedIPs))
	if _, known := s.model.of(key); !known {
		return // until the judge has looked
	}
	after := state{[]string{"UP", "DOWN"}[s.rand.IntN(2)]}
	o := s.write(key, after.String())
	s.counts[o]++
	switch o {
	case done:
		s.model.settle(key, after)
	case unknown:
		s.model.doubt(key, after)
	}
}

// write sets the state of a key unless another writes it at the same time.
func (s *scanner) write(key, status string) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	got, err := s.etcd.Get(ctx, key)
	if err != nil {
		return refused
	}
	var revision int64
	if len(got.Kvs) > 0 {
		revision = got.Kvs[0].ModRevision
	}
	resp, err := s.etcd.Txn(ctx).If(clientv3.Compare(clientv3.ModRevision(key), "=", revision)).
		Then(clientv3.OpPut(key, fmt.Sprintf(`{"status":%q}`, status))).Commit()
	switch {
	case err != nil:
		return unknown
	case resp.Succeeded:
		return done
	}
	return refused
}

// judgeScanner compares the states in etcd with the model, and what DNS answers
// with the states: the addresses that are UP, or all where none is.
func (j *judge) judgeScanner(s *scanner) {
	for i := range watchedNames {
		var up, all state
		for n := range watchedIPs {
			key, line := statusPrefix+watchedAddress(i, n), "A "+watchedAddress(i, n)
			all = all.with(line)
			if j.statusOf(s, key) == "UP" {
				up = up.with(line)
			}
		}
		if len(up) == 0 {
			up = all
		}
		lab.Eventually(j.T, "compare DNS with the states of addresses", func() error { return j.compareDNS(watched(i), up) })
	}
}

// statusOf is the state of a key, after which no earlier write reaches it: the
// key is written again.
func (j *judge) statusOf(s *scanner, key string) (status string) {
	lab.Eventually(j.T, "read "+key, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		got, err := j.etcd.Get(ctx, key)
		if err != nil {
			return err
		}
		status = "none"
		if len(got.Kvs) > 0 {
			status = "UP"
			if strings.Contains(string(got.Kvs[0].Value), "DOWN") {
				status = "DOWN"
			}
		}
		if _, known := s.model.of(key); known {
			return nil
		}
		if o := s.write(key, status); o != done {
			return fmt.Errorf("outcome %d", o)
		}
		return nil
	})
	if _, ok := s.model[key][status]; !ok {
		j.Errorf("etcd holds %s for %s, which may be %q", status, key, s.model.possible(key))
	}
	s.model.settle(key, state{status})
	return status
}
