package engine

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// benchName is the i-th name of a benchmark: about 40 octets.
func benchName(i int) string {
	return fmt.Sprintf("service-%08d.namespace-%02d.svc.skydns.local.", i, i%100)
}

// fill makes a snapshot of n names with one address each, in huge pages where
// they are mounted.
func fill(tb testing.TB, n int) *lab {
	dir, huge := snapshot.DefaultDir()
	dir += fmt.Sprintf("-bench-%d", os.Getpid())
	tb.Cleanup(func() { os.RemoveAll(dir) })
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		tb.Skip(err)
	}
	if !huge {
		tb.Log("no huge pages")
	}
	r := snapshot.OpenReader(dir)
	slot, _ := r.NewSlot()
	tb.Cleanup(func() { slot.Leave(); r.Close(); w.Close() })
	if err := w.BeginSync(n); err != nil {
		tb.Skip(err)
	}
	apex, _ := wire.ParseName("skydns.local.")
	soa := append([]byte{1, 'n', 0, 1, 'h', 0}, make([]byte, 20)...)
	w.Put(apex, []snapshot.RRset{{Type: wire.TypeSOA, TTL: 30, Data: [][]byte{soa}}})
	for i := range n {
		name, _ := wire.ParseName(benchName(i))
		data := binary.BigEndian.AppendUint32(nil, uint32(i)|10<<24)
		if _, err := w.Put(name, []snapshot.RRset{{Type: wire.TypeA, TTL: 30, Data: [][]byte{data}}}); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := w.EndSync(); err != nil {
		tb.Fatal(err)
	}
	if _, err := r.Refresh(); err != nil {
		tb.Fatal(err)
	}
	tb.Logf("%d names: %d octets a name in use, %d of file", n, w.Stats().Used/int64(n), w.Stats().Bytes/int64(n))
	return &lab{t: tb, writer: w, reader: r, slot: slot, engine: New(Config{}), batch: new(Batch)}
}

// BenchmarkAnswer answers queries for names drawn at random, a batch or one
// at a time.
func BenchmarkAnswer(b *testing.B) {
	for _, names := range []int{1, 50_000, 1_000_000} {
		b.Run(fmt.Sprint("names=", names), func(b *testing.B) {
			l := fill(b, names)
			queries := make([][]byte, 1<<16)
			flat := make([]byte, len(queries)*256)
			for i := range queries {
				q := binary.BigEndian.AppendUint64(nil, uint64(i)<<48|uint64(wire.FlagRD)<<32|1<<16)
				q = append(q, 0, 0, 0, 0)
				name, _ := wire.ParseName(benchName(rand.IntN(names)))
				q = append(append(q, name...), 0, 1, 0, 1)
				queries[i] = flat[i*256:][:copy(flat[i*256:], q)]
			}
			for _, size := range []int{1, 16, 32, 64} {
				b.Run(fmt.Sprint("batch=", size), func(b *testing.B) {
					b.ReportAllocs()
					l.batch.N = size
					var bufs [BatchSize][512]byte
					at := 0
					for n := 0; n < b.N; n += size {
						for i := range size {
							l.batch.Msg[i] = bufs[i][:copy(bufs[i][:], queries[at])]
							at = (at + 1) & (len(queries) - 1)
						}
						l.engine.Answer(l.slot.Enter(), l.batch)
						if l.batch.Verdict[0] != Answered {
							b.Fatal(l.batch.Verdict[0])
						}
					}
				})
			}
		})
	}
}
