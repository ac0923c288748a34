package engine

// Config of an Engine.
type Config struct {
	Mode Mode
	Seed uint64 // of the random numbers; each core's is another

	// Full adds what clients do not need but servers of the old school send:
	// the zone's NS RRset with a positive answer, and the addresses of the
	// hosts that it names.
	Full bool

	// UDPSize is the most octets of a reply over UDP: 512 to 4096, 0 for 1232.
	UDPSize int

	// Cookies lets clients prove their addresses by DNS cookies (RFC 7873), as
	// soon as the snapshot holds secrets for them.
	Cookies bool

	// Identity tells this server from others: by NSID (RFC 5001), and as
	// id.server and hostname.bind in class CHAOS (RFC 4892). Version is
	// version.bind and version.server there. Of at most 128 octets; without
	// one, there is no such option, and such questions are refused.
	Identity, Version string

	// SubnetFrom are the resolvers whose word for a client's network counts
	// (RFC 7871).
	SubnetFrom []Network

	// Keepalive is how long an idle connection stays open, in units of 100 ms,
	// as clients over streams are told (RFC 7828); 0: they are not told.
	Keepalive uint16

	Limits Limits
}

// Reconfigure makes the engine answer by another configuration from its next
// batch on; Seed counts for nothing. Any goroutine may call it.
func (e *Engine) Reconfigure(c Config) { e.next.Store(&c) }

// configure takes a configuration. Limits begin anew.
func (e *Engine) configure(c Config) {
	e.mode, e.full = c.Mode, c.Full
	e.udpSize, e.nsid, e.cookies = ourSize, short(c.Identity), c.Cookies
	e.trusted, e.keepalive = newNetworks(c.SubnetFrom), c.Keepalive
	e.chaosText = [chaosNames]string{short(c.Version), short(c.Version), short(c.Identity), short(c.Identity)}
	e.limits = newLimits(c.Limits, e.random)
	if c.UDPSize != 0 {
		e.udpSize = min(max(plainLimit, c.UDPSize), maxUDPSize)
	}
}
