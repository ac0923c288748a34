package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs/service"
)

// stuckAfter is how long the publisher may not get on: it does so ten times a
// second, and every thousand names of a list.
const stuckAfter = 30 * time.Second

// alive tells the service manager that control serves, for as long as none of
// the checks finds that a part hangs. It does so before the first
// synchronisation: without etcd control waits, and to restart it would not help.
func alive(checks []func() error, log zerolog.Logger) part {
	return func(ctx context.Context) error {
		if err := service.KeepAlive(ctx, func() error { return firstError(checks) }); err != nil {
			log.Warn().Err(err).Msg("the service manager may take this process for dead")
		}
		return nil
	}
}

func firstError(checks []func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// getsOn is an error if a standstill is none that work explains.
func getsOn(standstill time.Duration) error {
	if standstill < stuckAfter {
		return nil
	}
	return fmt.Errorf("the publisher has not got on for %v", standstill.Round(time.Second))
}
