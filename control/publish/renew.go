package publish

import (
	"errors"
	"time"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// writerFailed reports a failure of the snapshot's memory. Files that are
// damaged are replaced at the next tick.
func (p *Publisher) writerFailed(step string, err error) {
	p.metrics.failures.Inc()
	p.damaged = p.damaged || errors.Is(err, snapshot.ErrDamaged)
	if text := err.Error(); text != p.metrics.lastFailure {
		p.metrics.lastFailure = text
		p.Log.Error().Str("step", step).Err(err).Msg("the snapshot cannot be written; what is published stays")
	}
}

// renew begins a fresh snapshot in place of a damaged one, and publishes all
// there is. While a list is under way its end does.
func (p *Publisher) renew() {
	if time.Since(p.renewed) < retryAfter {
		return
	}
	p.renewed = time.Now()
	if err := p.writer.Renew(p.records.len() + len(p.defaults)); err != nil {
		p.writerFailed("begin a fresh snapshot", err)
		return
	}
	p.metrics.renewals.Inc()
	p.metrics.lastFailure = ""
	p.damaged, p.unpublished = false, true
	p.Log.Warn().Bool("published-now", p.complete).Msg("a fresh snapshot replaces the damaged one when all of etcd is in it")
	if p.complete {
		p.publishAll()
	}
}
