package publish

import (
	"context"
	"maps"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// The snapshot's pending work is done tickBusy after a change and tickIdle
// when nothing has changed for idleAfter.
const (
	tickBusy  = 5 * time.Millisecond
	tickIdle  = 100 * time.Millisecond
	idleAfter = time.Second

	// retryAfter is how long after a failure of the snapshot's memory what
	// could not be written is tried again.
	retryAfter = 5 * time.Second
)

// Config says what is published.
type Config struct {
	Domains     *record.Domains
	MonitorPath string       // prefix of the status keys, with a slash at the end
	NSAddrs     []netip.Addr // of this node, for the name server that a zone lacks
	SOA         SOA          // that a zone lacks; zero: DefaultSOA
	Log         zerolog.Logger
}

// Publisher feeds a snapshot. Run is its goroutine; Ready and the metrics may
// be read by any.
type Publisher struct {
	Config
	writer   *snapshot.Writer
	defaults defaults
	report   *reporter
	metrics  *metrics

	records   *table
	others    others
	zonePaths []string                // of our domains
	down      map[netip.Addr]struct{} // marked DOWN

	dirty    *dirty              // names that changed in the batch under way
	received time.Time           // when that batch came
	failed   map[string]struct{} // names that the snapshot had no room for
	keys     keyNames            // scratch of events
	read     record.Record       // scratch of record
	room     room                // scratch of sets

	unmarked map[netip.Addr]bool // states that could not be written; true: UP

	complete    bool // the records are all there are: no list is under way
	unpublished bool // that list is not yet in the snapshot
	tried       time.Time
	damaged     bool      // the snapshot's files are, and are to be renewed
	renewed     time.Time // when that was tried last
	active      time.Time // of the last batch
	revision    int64     // of the last list or changes that were worked in

	turn turn

	soa    atomic.Pointer[SOA]
	soaSet chan struct{} // holds one where Run has yet to look at soa
}

// New makes a Publisher that writes to w, which stays the caller's to close.
func New(c Config, w *snapshot.Writer) *Publisher {
	if c.SOA == (SOA{}) {
		c.SOA = DefaultSOA
	}
	p := &Publisher{
		Config: c, writer: w,
		defaults: zoneDefaults(c.Domains, c.NSAddrs, c.SOA),
		report:   newReporter(c.Log),
		metrics:  newMetrics(),
		records:  newTable(),
		down:     map[netip.Addr]struct{}{},
		dirty:    newDirty(),
		failed:   map[string]struct{}{},
		unmarked: map[netip.Addr]bool{},
		soaSet:   make(chan struct{}, 1),
	}
	p.soa.Store(&c.SOA)
	for _, zone := range c.Domains.List() {
		p.zonePaths = append(p.zonePaths, pathOf(zone))
	}
	return p
}

// Run publishes what in delivers, and keeps the snapshot in order, until ctx
// ends.
func (p *Publisher) Run(ctx context.Context, in <-chan store.Batch) {
	timer := time.NewTimer(tickIdle)
	defer timer.Stop()
	for {
		p.turn.take()
		select {
		case b := <-in:
			p.take(b)
			p.active = time.Now()
		case <-p.soaSet:
			p.remake()
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		timer.Reset(p.tick())
	}
}

// tick does a portion of the snapshot's pending work and says when the next
// one is due.
func (p *Publisher) tick() time.Duration {
	more, err := p.writer.Tick()
	if err != nil {
		p.writerFailed("tick", err)
	}
	if p.damaged {
		p.renew()
	}
	if err != nil {
		return tickIdle
	}
	p.retry()
	switch {
	case more:
		return 0
	case time.Since(p.active) < idleAfter:
		return tickBusy
	}
	return tickIdle
}

// retry tries again what the snapshot could not take.
func (p *Publisher) retry() {
	nothing := !p.unpublished && len(p.failed) == 0 && len(p.unmarked) == 0
	if nothing || !p.complete || time.Since(p.tried) < retryAfter {
		return
	}
	p.tried = time.Now()
	if p.unpublished {
		p.publishAll()
		return
	}
	names := p.failed
	p.failed = map[string]struct{}{}
	for name := range names {
		p.turn.take()
		p.put([]byte(name))
	}
	for addr, up := range maps.Clone(p.unmarked) {
		p.mark(addr, up)
	}
	p.metrics.update(p)
}
