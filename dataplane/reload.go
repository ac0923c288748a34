package main

import (
	"context"
	"sync/atomic"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// keys are those that dataplane reads.
var keys = configs.Keys{
	Live:  []string{"Log.log-level", "Fun", "Answers", "RateLimit", "Stats.statsServerAuthToken"},
	Fixed: []string{"Dns", "Log.log-dir", "Log.log-to-stdio", "Stats.statsServer", "Dataplane"},
}

// follower calls apply with each new configuration, until ctx ends.
type follower func(ctx context.Context, apply func(*configs.Config))

// reconfigure makes the engines of all workers, on so many cores, answer as
// the configuration says.
func reconfigure(c *configs.Config, workers []*worker.Worker, cores int) {
	for _, w := range workers {
		w.Engine.Reconfigure(engineConfig(c, cores))
	}
}

// token is what the statistics want to see; SIGHUP may change it.
type token struct{ atomic.Pointer[string] }

func newToken(c *configs.Config) *token {
	t := new(token)
	t.set(c)
	return t
}

func (t *token) set(c *configs.Config) { t.Store(&c.Stats.Token) }

func (t *token) get() string { return *t.Load() }
