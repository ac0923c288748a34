package api

import (
	"context"
	"math/rand/v2"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	// adoptAfter is how long a status key that a person has written stays as it
	// is, on average: of many controls one adopts it, before etcd's past is
	// compacted, and who looks at what was just written finds that.
	adoptAfter = 30 * time.Second

	// maxMarked is how many such keys wait. A change adopts the others.
	maxMarked = 1024
)

// adopter adopts the status keys that people write, so that the next change of a
// name which has such an address need not. What it fails to do the change does.
type adopter struct {
	changer *changer
	after   time.Duration
	marked  chan string
}

func newAdopter(c *changer) *adopter {
	return &adopter{changer: c, after: adoptAfter, marked: make(chan string, maxMarked)}
}

// run adopts until ctx ends.
func (a *adopter) run(ctx context.Context) {
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		a.watch(ctx)
	}()
	for {
		select {
		case key := <-a.marked:
			a.pause(ctx)
			a.adopt(ctx, a.others(key))
		case <-watched:
			return
		}
	}
}

// watch notes the status keys that people write, until ctx ends. Those that are
// written while etcd is away are left to changes.
func (a *adopter) watch(ctx context.Context) {
	for ctx.Err() == nil {
		watcher := clientv3.NewWatcher(a.changer.records.store.Client()) // of its own: who follows etcd asks theirs for progress
		for r := range watcher.Watch(clientv3.WithRequireLeader(ctx), a.changer.monitorPath, clientv3.WithPrefix(), clientv3.WithFilterDelete()) {
			for _, e := range r.Events {
				if _, ours := a.changer.addressOf(e.Kv); ours && orphaned(e.Kv.Value) {
					a.note(string(e.Kv.Key))
				}
			}
		}
		watcher.Close()
		a.pause(ctx)
	}
}

func (a *adopter) note(key string) {
	select {
	case a.marked <- key:
	default:
	}
}

// pause waits so long that controls do not do the same at once.
func (a *adopter) pause(ctx context.Context) {
	select {
	case <-time.After(a.after/2 + rand.N(a.after)):
	case <-ctx.Done():
	}
}

// others are the keys that wait behind one, and it.
func (a *adopter) others(key string) []string {
	keys := []string{key}
	for {
		select {
		case key := <-a.marked:
			keys = append(keys, key)
		default:
			return keys
		}
	}
}

// adopt adopts those of keys that nobody has adopted yet.
func (a *adopter) adopt(ctx context.Context, keys []string) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	lost := map[string]*mvccpb.KeyValue{}
	err := a.changer.records.values(ctx, keys, 0, func(kv *mvccpb.KeyValue) {
		if orphaned(kv.Value) {
			lost[string(kv.Key)] = kv
		}
	})
	var list orphans
	for _, kv := range lost {
		list = append(list, kv)
	}
	if err == nil && len(list) > 0 {
		_ = a.changer.adopt(ctx, list, 0) // a change does it
	}
}
