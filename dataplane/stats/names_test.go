package stats

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// message is a query for a name, as a reply holds it too.
func message(t testing.TB, name string) []byte {
	t.Helper()
	n, err := wire.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	m := append([]byte{0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0}, n...)
	return append(m, 0, 1, 0, 1)
}

// turn runs a turn of a worker with these messages.
func (c *Core) turn(b *engine.Batch, msgs ...[]byte) {
	b.N = copy(b.Msg[:], msgs)
	c.Begin(b.N)
	c.CountBatch(b)
	c.End(b.N)
}

func (c *Core) asked() map[string]Asked {
	all := map[string]Asked{}
	c.names.each(func(a Asked) { all[a.Name] = a })
	return all
}

// TestNamesExact verifies that a core with time to spare counts every query,
// whatever its name's case, with the times of the first and the last.
func TestNamesExact(t *testing.T) {
	var c Core
	b := &engine.Batch{Now: 1000}
	for range 3 {
		c.turn(b, message(t, "www.Example."), message(t, "."), message(t, "www.example."))
		b.Now += 10
	}
	c.turn(b, nil, []byte("short"), append(message(t, "x.")[:12], 0xc0, 0x0c, 0, 1, 0, 1)) // no names
	got := c.asked()
	want := map[string]Asked{
		"www.example.": {Name: "www.example.", Count: 6, First: 1000, Last: 1020},
		".":            {Name: ".", Count: 3, First: 1000, Last: 1020},
	}
	if len(got) != len(want) || got["www.example."] != want["www.example."] || got["."] != want["."] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestNamesFrequent verifies that under load the names asked for most are
// found among many others, with counts near the truth.
func TestNamesFrequent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var c Core
	var frequent, others [][]byte
	for i := range 10 {
		frequent = append(frequent, message(t, fmt.Sprintf("frequent-%d.example.", i)))
	}
	for i := range 20_000 {
		others = append(others, message(t, fmt.Sprintf("other-%d.example.", i)))
	}
	b := new(engine.Batch)
	msgs := make([][]byte, engine.BatchSize)
	total, asked := 0, 0 // queries, and those for frequent-0
	for range 20_000 {
		for i := range msgs {
			total++
			switch n := random.IntN(100); {
			case n < 10:
				msgs[i] = frequent[0]
				asked++
			case n < 30:
				msgs[i] = frequent[random.IntN(10)]
				if &msgs[i][0] == &frequent[0][0] {
					asked++
				}
			default:
				msgs[i] = others[random.IntN(len(others))]
			}
		}
		c.turn(b, msgs...)
	}
	got := c.asked()
	for i := range frequent {
		name := fmt.Sprintf("frequent-%d.example.", i)
		a := got[name]
		if a.Count < uint64(total/100) {
			t.Errorf("%s: %+v of %d", name, a, total)
		}
	}
	if a := got["frequent-0.example."]; a.Count < uint64(asked)*8/10 || a.Count-a.Extra > uint64(asked)*12/10 {
		t.Errorf("frequent-0 was asked for %d times, counted %+v", asked, a)
	}
	if size := len(got); size > ways*sets {
		t.Errorf("%d names are kept", size)
	}
}

// TestNamesReadMeanwhile verifies that whoever reads while the worker writes
// finds whole names.
func TestNamesReadMeanwhile(t *testing.T) {
	var c Core
	var worker sync.WaitGroup
	stop := make(chan struct{})
	worker.Go(func() {
		b := new(engine.Batch)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				c.turn(b, message(t, fmt.Sprintf("%d.%d.example.", i, i)))
			}
		}
	})
	for range 30 {
		for name := range c.asked() {
			var x, y int
			if n, err := fmt.Sscanf(name, "%d.%d.example.", &x, &y); n != 2 || err != nil || x != y {
				t.Errorf("half a name: %q", name)
			}
		}
	}
	close(stop)
	worker.Wait()
}

// TestTurns verifies what is estimated of turns, from all of them or a sample.
func TestTurns(t *testing.T) {
	var c Core
	b := new(engine.Batch)
	msgs := make([][]byte, engine.BatchSize)
	for i := range msgs {
		msgs[i] = message(t, "www.example.")
	}
	for range 100 {
		c.turn(b, msgs[:3]...)
	}
	if n := c.turns.size[3].Load(); n != 100 {
		t.Errorf("%d turns of 3 queries, want 100", n)
	}
	const many = 20_000
	for range many {
		c.turn(b, msgs...)
	}
	if n := c.turns.size[engine.BatchSize].Load(); n < many*8/10 || n > many*12/10 {
		t.Errorf("%d turns of %d queries, want about %d", n, engine.BatchSize, many)
	}
	total := uint64(0)
	for i := range c.turns.length {
		total += c.turns.length[i].Load()
	}
	if c.turns.cycles.Load() == 0 || total != c.turns.size[3].Load()+c.turns.size[engine.BatchSize].Load() {
		t.Errorf("%d cycles in %d turns", c.turns.cycles.Load(), total)
	}
}

// TestCycleBuckets verifies that each bucket ends where the next begins.
func TestCycleBuckets(t *testing.T) {
	for i := range cycleBuckets - 1 {
		if end := cycleUpper(i); cycleBucket(end) != i || cycleBucket(end+1) != i+1 {
			t.Fatalf("bucket %d ends with %d, which falls into %d, and the next into %d", i, end, cycleBucket(end), cycleBucket(end+1))
		}
	}
	if cycleBucket(1<<63) != cycleBuckets-1 {
		t.Error("a very long turn falls out of the buckets")
	}
}

// TestTurnAllocations verifies that counting allocates nothing.
func TestTurnAllocations(t *testing.T) {
	var c Core
	b := new(engine.Batch)
	msgs := [][]byte{message(t, "www.example."), message(t, "a.example.")}
	if n := testing.AllocsPerRun(100, func() { c.turn(b, msgs...) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// BenchmarkTurn is what counting costs a turn of 64 queries for many names.
func BenchmarkTurn(b *testing.B) {
	var c Core
	batch := new(engine.Batch)
	var msgs [1024][]byte
	for i := range msgs {
		msgs[i] = message(b, fmt.Sprintf("name-%d.some.where.example.", i))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := i * engine.BatchSize % len(msgs)
		batch.N = copy(batch.Msg[:], msgs[at:at+engine.BatchSize])
		c.Begin(batch.N)
		c.CountBatch(batch)
		c.End(batch.N)
	}
}

// FuzzNames wants that whatever a message holds, what is counted are names.
func FuzzNames(f *testing.F) {
	f.Add(message(f, "www.example."))
	f.Add([]byte("\x00\x00\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		var n names
		n.count(msg, 1, 1)
		n.count(msg, 2, 2)
		n.each(func(a Asked) {
			if name, err := wire.ParseName(a.Name); err != nil || !wire.ValidName(name) || a.Count != 3 || a.First != 1 || a.Last != 2 {
				t.Errorf("%+v of %x: %v", a, msg, err)
			}
		})
	})
}
