package main

import (
	"context"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/worker"
)

// keys are those that dataplane reads.
var keys = configs.Keys{
	Live:  []string{"Log.log-level", "Fun", "Answers", "RateLimit"},
	Fixed: []string{"Dns", "Log.log-dir", "Log.log-to-stdio", "Stats", "Dataplane"},
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
