// Package records writes the benchmarks' names to etcd, as records that
// control reads.
package records

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/bench/internal/zone"
)

const (
	perTxn  = 128 // etcd's own bound
	writers = 8   // transactions under way together
)

// Key is the key of the one record of a name.
func Key(name string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	slices.Reverse(labels)
	return "/skydns/" + strings.Join(labels, "/") + "/x1"
}

// Value is the value of a record with an address, as REST writes it: with a type
// it counts for its name alone.
func Value(addr netip.Addr) string {
	return fmt.Sprintf(`{"type":"A","host":%q,"ttl":%d}`, addr, zone.TTL)
}

// Load writes n names of the zone, rate of them a second, or as fast as etcd
// takes them if that is 0. It ends early with ctx.
func Load(ctx context.Context, client *clientv3.Client, n, rate int) error {
	start := time.Now()
	var next atomic.Int64
	var group sync.WaitGroup
	errs := make(chan error, writers)
	for range writers {
		group.Go(func() {
			for {
				from := int(next.Add(perTxn)) - perTxn
				if from >= n {
					return
				}
				if rate > 0 {
					time.Sleep(time.Until(start.Add(time.Duration(from) * time.Second / time.Duration(rate))))
				}
				if err := loadSome(ctx, client, from, min(from+perTxn, n)); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(errs)
	return <-errs
}

// loadSome writes the names [from:to) in one transaction.
func loadSome(ctx context.Context, client *clientv3.Client, from, to int) error {
	ops := make([]clientv3.Op, 0, perTxn)
	for i := from; i < to; i++ {
		ops = append(ops, clientv3.OpPut(Key(zone.Name(i)), Value(zone.Address(i))))
	}
	if _, err := client.Txn(ctx).Then(ops...).Commit(); err != nil {
		return fmt.Errorf("write names %d to %d: %w", from, to, err)
	}
	return nil
}
