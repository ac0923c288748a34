package main

import (
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
		Identity: a.Identity, Version: a.Version, SubnetFrom: a.SubnetFrom,
		Keepalive: keepalive,
		Limits: engine.Limits{
			Queries: share(l.Queries), Replies: share(l.Replies), Slip: l.Slip,
			IPv4: l.IPv4, IPv6: l.IPv6, Exempt: l.Exempt,
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
