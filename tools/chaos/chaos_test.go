package chaos

import (
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

var (
	length = flag.Duration("for", 20*time.Second, "how long things go wrong")
	seed   = flag.Uint64("seed", 0, "what decides at random; 0: another one each time")
)

const (
	clients = 4
	round   = 6 * time.Second // of trouble, then it is quiet
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	os.Exit(lab.MainApart(m))
}

// TestChaos is the test that the package comment describes.
func TestChaos(t *testing.T) {
	t.Logf("go test ./tools/chaos -args -for %v -seed %d", *length, *seed)
	w := newWorld(t)
	j := newJudge(w, w.urls())
	steady := j.watchSteady()
	sc := newScanner(j, *seed)

	stop := make(chan struct{})
	var running sync.WaitGroup
	all := make([]*client, clients)
	for i := range all {
		all[i] = newClient(i, w.node, *seed)
		running.Go(func() { all[i].run(stop) })
	}
	running.Go(func() { sc.run(stop) })
	for end := time.Now().Add(*length); ; {
		w.trouble(earlier(time.Now().Add(round), end))
		rest(all)
		sc.resting.Lock()
		j.judge(all)
		j.judgeScanner(sc)
		sc.resting.Unlock()
		wake(all)
		if t.Failed() || time.Now().After(end) {
			break
		}
	}
	close(stop)
	running.Wait()
	if err := steady(); err != nil {
		t.Error(err)
	}
	report(t, w, all)
	t.Logf("states of addresses: %d changes, %d of unknown outcome", sc.counts[done], sc.counts[unknown])
}

// rest waits until every client is between two changes, and keeps it there.
func rest(all []*client) {
	for _, c := range all {
		c.resting.Lock()
	}
}

func wake(all []*client) {
	for _, c := range all {
		c.resting.Unlock()
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// report logs what was done, and fails if nothing much was.
func report(t *testing.T, w *world, all []*client) {
	var sum [unknown + 1]int
	for _, c := range all {
		for o, n := range c.counts {
			sum[o] += n
		}
	}
	t.Logf("%d changes acknowledged, %d of unknown outcome; faults: %v", sum[done], sum[unknown], w.counts)
	if sum[done] < 20 {
		t.Errorf("%d changes were acknowledged: the test has tested nothing", sum[done])
	}
}
