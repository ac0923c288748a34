package api

import (
	"context"
	"strings"

	"github.com/tidwall/btree"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// indexPage is how many keys, without values, are read at once when an index is
// made. etcd counts all keys behind a page for each.
const indexPage = 50_000

// index tells which keys hold the records that lists show, in the order of
// their names as text, which is not that of etcd's keys. It is read when a list
// is first asked for, follows etcd by a watch, and is given up when lists are
// not asked for any more. Any number of goroutines may use it.
type index struct {
	records *records
	ours    *record.Domains

	turn chan struct{} // has a value while somebody works with follower
	*follower
}

func newIndex(records *records, ours *record.Domains) *index {
	return &index{records: records, ours: ours, turn: make(chan struct{}, 1)}
}

// at is the index as of a revision that is not older than the call, and the
// revision. The caller owns what it gets.
func (x *index) at(ctx context.Context) (*btree.Set[string], int64, error) {
	now, err := x.records.store.Range(ctx, record.Prefix, store.After([]byte(record.Prefix)), 1, 0)
	if err != nil {
		return nil, 0, err
	}
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	if x.follower != nil {
		if entries, revision, ok := x.upTo(ctx, now.Revision); ok {
			return entries, revision, nil
		}
		x.stop()
		x.follower = nil
	}
	entries, revision, err := x.read(ctx)
	if err != nil {
		return nil, 0, err
	}
	mine := entries.Copy() // the follower's may be gone already: its watch may end at once
	x.follower = follow(x, entries, revision)
	return mine, revision, nil
}

// read makes the index of what etcd holds now.
func (x *index) read(ctx context.Context) (*btree.Set[string], int64, error) {
	var entries btree.Set[string]
	revision := int64(0)
	for _, domain := range x.ours.List() {
		if x.ours.Zone(wire.Parent(domain)) != nil {
			continue // read with the domain above
		}
		key := record.NameKey(domain)
		for _, bounds := range [][2]string{single(strings.TrimSuffix(key, "/")), prefixed(key)} {
			for from, more := bounds[0], true; more; {
				p, err := x.records.keys(ctx, from, bounds[1], indexPage, revision)
				if err != nil {
					return nil, 0, err
				}
				for _, k := range p.keys {
					if entry := x.entry(k); entry != "" {
						entries.Insert(entry)
					}
					from = store.After([]byte(k))
				}
				revision, more = p.revision, p.more
			}
		}
	}
	return &entries, revision, nil
}

// An entry of the index is a name's text, and the key of a record that lists
// show there: ownKey and the key's last label where the key is the name's with
// a label behind it, else otherKey and the whole key. Both marks are below all
// that a text has, so that entries sort as their names do.
const (
	ownKey   = "\x00"
	otherKey = "\x01"
	pastKeys = "\x02" // a name and this is behind all of the name's entries
)

// entry is the entry for a key, "" where lists do not show it. It depends on
// the key alone: a record at a key is shown at the name of its key without item
// label (record.Record.RRs, listed).
func (x *index) entry(key string) string {
	name, err := record.KeyName(key)
	if err != nil {
		return ""
	}
	zone := x.records.zones.Zone(name)
	if above := wire.Parent(name); zone != nil && len(above) > len(zone) || record.IsItem(name) {
		name = above
	}
	if zone == nil || x.ours.Zone(name) == nil {
		return ""
	}
	item, ok := strings.CutPrefix(key, record.NameKey(name))
	if ok && item != "" && !strings.Contains(item, "/") {
		return wire.NameString(name) + ownKey + item
	}
	return wire.NameString(name) + otherKey + key
}

// nameAndKey is what an entry is made of.
func nameAndKey(entry string) (name, key string) {
	at := strings.IndexAny(entry, ownKey+otherKey)
	name, key = entry[:at], entry[at+1:]
	if entry[at] == ownKey[0] {
		if wired, err := wire.ParseName(name); err == nil {
			key = record.NameKey(wired) + key
		}
	}
	return name, key
}
