package publish

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ipdcode/skydns/control/health"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// take works a batch in.
func (p *Publisher) take(b store.Batch) {
	switch b.Kind {
	case store.SyncBegin:
		p.records, p.others = newTable(), others{}
		p.down = map[netip.Addr]struct{}{}
		p.complete = false
		p.report.begin()
	case store.SyncItems:
		p.events(b.Events)
	case store.SyncEnd:
		p.complete, p.revision = true, b.Revision
		p.publishAll()
		p.report.end()
	case store.Changes:
		p.changes(b)
	}
	p.metrics.update(p)
}

// changes works changes in. A name is written once, when all that the batch
// says of it is known: no reader sees a part of a transaction at one name.
func (p *Publisher) changes(b store.Batch) {
	p.received = b.Received
	p.events(b.Events)
	p.putDirty()
	p.revision = b.Revision
}

// seen notes that changes of the batch under way are visible from now on.
func (p *Publisher) seen(changes int) {
	if changes == 0 {
		return
	}
	after := time.Since(p.received).Seconds()
	for range changes {
		p.metrics.visible.Observe(after)
	}
}

// event works one key in: the status of an address, or a record. self is the
// key's name, unless err says that it is none.
func (p *Publisher) event(e *store.Event, self []byte, err error) {
	id := keyID(e.Key)
	reason := "status"
	if p.isStatus(e.Key) {
		err = p.status(e)
	} else if err = p.record(id, e, self, err); err != nil {
		reason = record.Reason(err)
	}
	if err == nil || e.Deleted { // what is gone is not wrong any more
		p.report.well(id)
		return
	}
	p.report.refuse(id, reason, e.Key, err)
}

// record works a record's key in. Keys outside of our domains are not ours to
// judge.
func (p *Publisher) record(id uint64, e *store.Event, self []byte, err error) error {
	if err != nil && p.inDomain(e.Key) {
		return err
	}
	zone := p.Domains.Zone(self)
	if zone == nil {
		p.metrics.outside.Inc()
		return nil
	}
	r := &p.read
	if e.Deleted {
		r = new(record.Record)
	} else {
		err = r.ParseAt(self, e.Value)
	}
	p.ours(id, self, r)
	p.foreign(id, self, zone, r)
	return err
}

// inDomain reports whether a key that is not well formed starts as those of
// one of our domains do.
func (p *Publisher) inDomain(key string) bool {
	path, _ := strings.CutPrefix(strings.ToLower(key), record.Prefix)
	return slices.ContainsFunc(p.zonePaths, func(zone string) bool { return strings.HasPrefix(path, zone) })
}

// ours works in what a key of the name self says as a record of ours.
func (p *Publisher) ours(id uint64, self []byte, r *record.Record) {
	if !record.IsItem(self) {
		return
	}
	var rrs []record.RR
	if r.Own {
		rrs = r.Stated()
	}
	if !p.complete {
		for _, rr := range rrs {
			p.records.add(id, rr)
		}
		return
	}
	if p.records.set(self, id, rrs[min(1, len(rrs)):]) { // the first is at the name above
		p.dirty.add(self)
	}
	if above := wire.Parent(self); p.records.set(above, id, rrs) {
		p.dirty.add(above)
	}
}

// foreign works in what a key of the name self says as a record of another
// program.
func (p *Publisher) foreign(id uint64, self, zone []byte, r *record.Record) {
	var rrs []record.RR
	if !r.Own {
		rrs = r.Stated()
	}
	if len(rrs) == 0 && p.others.keys.Len() == 0 {
		return
	}
	if !p.others.set(pathOf(self), id, r.Message.Group, rrs) || !p.complete {
		return
	}
	for _, name := range countsFor(self, zone) {
		p.dirty.add(name)
	}
}

// status works a status key in. An address without one, or with one that is
// not understood, is UP.
func (p *Publisher) status(e *store.Event) error {
	addr, err := health.Addr(p.MonitorPath, e.Key)
	if err != nil {
		return err
	}
	up := true
	if !e.Deleted {
		if up, err = health.IsUp(e.Value); err != nil {
			up = true
		}
	}
	if up {
		delete(p.down, addr)
	} else {
		p.down[addr] = struct{}{}
	}
	if p.complete && p.mark(addr, up) {
		p.seen(1)
	}
	return err
}
