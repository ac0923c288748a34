// Command dataplane answers DNS queries out of the snapshot that control
// publishes, with one poll loop on every core. README.md in this folder is
// the map of its packages.
//
//	main.go     flags, exit codes
//	serve.go    wiring: from a configuration to what answers, and back
//	workers.go  the poll loops and those of TCP: making, running and ending them
//	answers.go  from the configuration to that of the engines
//	unused.go   what of the configuration has no effect
//	reload.go   what of the configuration may change while it runs
//	drivers.go  the only place that picks a driver; driver_dpdk.go opens that one,
//	            driver_steer.go is what AF_XDP wants besides
//	tcp.go      where TCP is listened on, and by how many queues
//	cores.go    which cores poll, and what may run beside them
//	refresh.go  following the snapshot from generation to generation; the clock
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ipdcode/skydns/configs"
)

func main() {
	signal.Ignore(syscall.SIGHUP) // until the configuration is followed
	os.Exit(run(os.Args[1:]))
}

// run is the program but for its exit, whose code it returns.
func run(args []string) int {
	fs := flag.NewFlagSet("dataplane", flag.ContinueOnError)
	config, code := configs.Load(fs, args, os.Stdout, os.Stderr)
	if config == nil {
		return code
	}
	log, out, err := configs.OpenLog(config.Log, "dataplane")
	if err != nil {
		fmt.Fprintln(os.Stderr, "dataplane:", err)
		return configs.ExitFailed
	}
	defer out.Close()
	if unused := withoutEffect(config); len(unused) > 0 {
		log.Warn().Strs("keys", unused).Msg("these keys have no effect: this dataplane asks no other servers, names in other zones are REFUSED")
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	file := fs.Lookup("config-file").Value.String()
	follow := func(ctx context.Context, apply func(*configs.Config)) {
		configs.Follow(ctx, file, config, keys, out, log, apply)
	}
	if err := serve(ctx, config, log, follow); err != nil {
		if !config.Log.ToStdio {
			fmt.Fprintln(os.Stderr, "dataplane:", err)
		}
		log.Error().Msg(err.Error())
		return configs.ExitFailed
	}
	return configs.ExitDone
}
