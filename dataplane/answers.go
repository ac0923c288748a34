package main

import (
	"encoding/binary"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/engine"
)

// engineConfig is what the configuration says of answers, for each of so many
// engines. Each has its share of the limits: clients are spread over them.
func engineConfig(c *configs.Config, engines int) engine.Config {
	a, l := &c.Answers, &c.RateLimit
	share := func(n int) int { return (n + engines - 1) / engines }
	config := engine.Config{
		Mode: engine.AllRotated, UDPSize: a.UDPSize, Cookies: a.Cookies,
		Identity: a.Identity, Version: a.Version, SubnetFrom: networks(a.SubnetFrom),
		Keepalive: keepalive,
		Limits: engine.Limits{
			Queries: share(l.Queries), Replies: share(l.Replies), Slip: l.Slip,
			IPv4: l.IPv4, IPv6: l.IPv6, Exempt: networks(l.Exempt),
		},
	}
	switch {
	case c.Fun.RandomOne:
		config.Mode = engine.RandomOne
	case c.Fun.HoneOne:
		config.Mode = engine.HoneOne
	}
	return config
}

// networks is prefixes as the engine knows them.
func networks(prefixes configs.Prefixes) []engine.Network {
	list := make([]engine.Network, len(prefixes))
	for i, p := range prefixes {
		b := p.Addr().As16()
		list[i].Client = engine.Client{Hi: binary.BigEndian.Uint64(b[:]), Lo: binary.BigEndian.Uint64(b[8:])}
		list[i].Bits = p.Bits()
		if p.Addr().Is4() {
			list[i].Bits += 96
		}
	}
	return list
}
