package main

import (
	"context"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/publish"
)

// keys are those that control reads.
var keys = configs.Keys{
	Live: []string{"Log.log-level", "SkydnsApi.skydns-auth", "Soa"},
	Fixed: []string{
		"Dns.dns-domain", "Dns.dns-addr", "Dns.ip-monitor-path", "Log.log-dir", "Log.log-to-stdio", "Etcd", "General",
		"Kube2Skydns", "SkydnsApi.api-enable", "SkydnsApi.api-address", "SkydnsApi.api-domains",
		"SkydnsApi.tls-certfile", "SkydnsApi.tls-keyfile", "Dataplane.snapshot-dir",
	},
}

// live is what of the configuration may change while control runs.
type live struct {
	token     atomic.Pointer[string]
	publisher *publish.Publisher // nil until there is one
}

// set takes the values of c. Without a token nobody is let in.
func (l *live) set(c *configs.Config) {
	l.token.Store(&c.SkydnsApi.Token)
	if l.publisher != nil {
		l.publisher.SetSOA(soa(&c.Soa))
	}
}

// Token is what clients of REST must show at the moment.
func (l *live) Token() string { return *l.token.Load() }

// reload follows the configuration file.
func reload(path string, c *configs.Config, l *live, out *configs.LogOutput, log zerolog.Logger) part {
	return func(ctx context.Context) error {
		configs.Follow(ctx, path, c, keys, out, log, l.set)
		return nil
	}
}
