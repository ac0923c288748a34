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
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

const (
	perTxn  = 128 // etcd's own bound
	writers = 8   // transactions under way together
)

// Key is a key that one record of a name may have, whatever its address.
func Key(name string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	slices.Reverse(labels)
	return "/skydns/" + strings.Join(labels, "/") + "/x1"
}

// Value is the value of a record with an address.
func Value(addr netip.Addr) string { return fmt.Sprintf(`{"host":%q,"ttl":%d}`, addr, zone.TTL) }

// item puts the record of the i-th name as REST writes it, with a TTL of its
// own in each round: it counts for its name alone.
func item(i, round int) (clientv3.Op, error) {
	name, err := wire.ParseName(zone.Name(i))
	if err != nil {
		return clientv3.Op{}, err
	}
	key, value, err := record.New(name, record.Message{Type: "A", Host: zone.Address(i).String(), TTL: zone.TTL + uint32(round)})
	return clientv3.OpPut(key, string(value)), err
}

// Load writes n names of the zone, rate of them a second, or as fast as etcd
// takes them if that is 0. It ends early with ctx.
func Load(ctx context.Context, client *clientv3.Client, n, rate int) error {
	return write(ctx, client, n, rate, 0)
}

// Change is Load of names that are there, with other values in each round from 1 on.
func Change(ctx context.Context, client *clientv3.Client, n, rate, round int) error {
	return write(ctx, client, n, rate, round)
}

func write(ctx context.Context, client *clientv3.Client, n, rate, round int) error {
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
				if err := writeSome(ctx, client, from, min(from+perTxn, n), round); err != nil {
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

// writeSome writes the names [from:to) in one transaction.
func writeSome(ctx context.Context, client *clientv3.Client, from, to, round int) error {
	ops := make([]clientv3.Op, 0, perTxn)
	for i := from; i < to; i++ {
		op, err := item(i, round)
		if err != nil {
			return err
		}
		ops = append(ops, op)
	}
	if _, err := client.Txn(ctx).Then(ops...).Commit(); err != nil {
		return fmt.Errorf("write names %d to %d: %w", from, to, err)
	}
	return nil
}
