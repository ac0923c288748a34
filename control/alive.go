package main

import (
	"context"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs/service"
)

// alive tells the service manager that control serves. It does so before the
// first synchronisation: without etcd control waits, and to restart it would not
// help.
func alive(log zerolog.Logger) part {
	return func(ctx context.Context) error {
		if err := service.KeepAlive(ctx, func() error { return nil }); err != nil {
			log.Warn().Err(err).Msg("the service manager may take this process for dead")
		}
		return nil
	}
}
