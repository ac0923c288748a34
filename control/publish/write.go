package publish

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime/debug"
	"slices"
	"time"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// tickNames is after how many names of a complete list the snapshot's pending
// work is done in between.
const tickNames = 1024

var (
	errTooMany = fmt.Errorf("more than %d records of other programs below the name: the first ones count", maxBelow)

	errNoMessage = errors.New("more records of a type than fit into a DNS message: the first ones count")

	errConflict = errors.New("a CNAME beside other records, or more than one CNAME, DNAME or SOA: the CNAME gives way, of several the first counts")
)

// publishAll makes the snapshot what the records are. Only what differs is
// written.
func (p *Publisher) publishAll() {
	start := time.Now()
	defer p.metrics.update(p)
	p.unpublished, p.tried = true, start
	p.failed = map[string]struct{}{}
	p.dirty.clear()
	if err := p.writer.BeginSync(p.records.len() + len(p.defaults)); err != nil {
		p.writerFailed("begin a synchronisation", err)
		return
	}
	clear(p.unmarked)
	for addr := range p.down {
		p.mark(addr, false)
	}
	changed := p.putAll()
	if p.damaged {
		return // what was not put would count as gone
	}
	removed, err := p.writer.EndSync()
	if err != nil {
		p.writerFailed("end a synchronisation", err)
		return
	}
	p.unpublished = false
	p.metrics.ready.Store(true)
	go debug.FreeOSMemory() // what the list took is not needed again soon
	p.metrics.syncs.Inc()
	stats := p.writer.Stats()
	p.Log.Info().Int("names", stats.Names).Int("changed", changed).Int("removed", removed).
		Uint64("generation", stats.Generation).Bool("huge-pages", stats.Huge).
		Dur("took-ms", time.Since(start)).Msg("everything is published")
}

// putAll publishes what every name holds, and tells how many changed. The
// snapshot's pending work is done in between.
func (p *Publisher) putAll() (changed int) {
	n := 0
	put := func(name []byte) {
		if p.damaged { // all is put again
			return
		}
		if changes, _ := p.put(name); changes {
			changed++
		}
		if n++; n%tickNames == 0 {
			p.turn.take()
			if _, err := p.writer.Tick(); err != nil {
				p.writerFailed("tick", err)
			}
		}
	}
	for _, name := range p.apexes() {
		put([]byte(name))
	}
	for name := range p.defaults {
		put([]byte(name))
	}
	p.others.names(func(path string) {
		if name, err := nameOf(path); err == nil && p.Domains.Zone(name) != nil {
			put(name)
		}
	})
	for name := range p.records.all() {
		put(name)
	}
	return changed
}

// put publishes what a name holds. It reports whether the snapshot changed, and
// why it could not take it.
func (p *Publisher) put(name []byte) (changed bool, err error) {
	list, leftOut := p.sets(name)
	id := nameID(name)
	switch leftOut {
	case nil:
	case errNoMessage:
		p.report.refuse(id, "size", wire.NameString(name), leftOut)
	default:
		p.report.refuse(id, "conflict", wire.NameString(name), leftOut)
	}
	changed, err = p.writer.Put(name, list)
	switch {
	case err == nil:
		if leftOut == nil {
			p.report.well(id)
		}
		return changed, nil
	case errors.Is(err, snapshot.ErrTooLarge) || errors.Is(err, snapshot.ErrRdata):
		p.report.refuse(id, "size", wire.NameString(name), err)
	default:
		p.failed[string(name)] = struct{}{}
		p.writerFailed("write", err)
	}
	if p.unpublished {
		p.keep(name)
	}
	return false, err
}

// sets are the RRsets of a name, and why records of it had to be left out, if any.
func (p *Publisher) sets(name []byte) (list []snapshot.RRset, leftOut error) {
	made := p.defaults[string(name)]
	if p.others.keys.Len() == 0 {
		return p.room.sets(p.records.get(name), nil, made)
	}
	if len(made) > 0 && p.defaults.isApex(string(name)) {
		if ns, ok := p.nameServers(name); ok {
			made = slices.Clone(made)
			made[slices.IndexFunc(made, isNS)] = ns
		}
	}
	return p.room.sets(p.records.get(name), p.services(name), made)
}

func isNS(s snapshot.RRset) bool { return s.Type == wire.TypeNS }

// keep puts what the snapshot holds of a name again, so that the
// synchronisation under way does not remove it.
func (p *Publisher) keep(name []byte) {
	if old := p.writer.Get(name); old != nil {
		if _, err := p.writer.Put(name, old); err != nil {
			p.writerFailed("keep", err)
		}
	}
}

// mark publishes the state of an address. If that fails it reports false, and it
// is tried again.
func (p *Publisher) mark(addr netip.Addr, up bool) bool {
	if err := p.writer.SetHealth(addr, up); err != nil {
		p.unmarked[addr] = up
		p.writerFailed("mark", err)
		return false
	}
	delete(p.unmarked, addr)
	return true
}
