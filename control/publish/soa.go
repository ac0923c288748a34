package publish

import "maps"

// SOA is what made-up SOAs say at the moment. Any goroutine may ask.
func (p *Publisher) SOA() SOA { return *p.soa.Load() }

// SetSOA makes made-up SOAs say something else, as soon as Run gets to it. Any
// goroutine may call it.
func (p *Publisher) SetSOA(s SOA) {
	p.soa.Store(&s)
	select {
	case p.soaSet <- struct{}{}:
	default: // Run has yet to look
	}
}

// remake publishes what is made up for our domains anew. While a list is under
// way its end does.
func (p *Publisher) remake() {
	names := maps.Clone(p.defaults)
	p.defaults = zoneDefaults(p.Domains, p.NSAddrs, p.SOA())
	if !p.complete || p.unpublished {
		return
	}
	maps.Copy(names, p.defaults)
	for name := range names {
		p.turn.take()
		p.put([]byte(name))
	}
	p.metrics.update(p)
}
