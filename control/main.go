// Command control decides what this node answers: it follows etcd, publishes
// records and address health in the snapshot that dataplane answers from, and
// offers REST to change them.
//
// It may be stopped at any time: what is published stays and goes on being
// answered. Only one control writes a snapshot directory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/api"
	"github.com/ipdcode/skydns/control/cookie"
	"github.com/ipdcode/skydns/control/publish"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// program is what control calls itself.
const program = "control"

func main() {
	signal.Ignore(syscall.SIGHUP) // until the configuration is followed
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	setGC()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program until ctx ends; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet(program, flag.ContinueOnError)
	c, code := configs.Load(fs, args, stdout, stderr)
	if c == nil {
		return code
	}
	log, out, err := configs.OpenLog(c.Log, program)
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", program, err)
		return configs.ExitFailed
	}
	defer out.Close()
	log.Info().Str("version", configs.Version()).Strs("domains", c.Dns.Domains).Msg("control starts")
	if c.Kube2Skydns.Enable {
		log.Error().Str("key", "kube-enable").Msg("kube-enable is set, but this control has no Kubernetes watcher: no service of a cluster gets records")
	}
	values := new(live)
	values.set(c)
	err = serve(ctx, c, values, log, out, reload(fs.Lookup("config-file").Value.String(), c, values, out, log))
	stopped := ctx.Err() != nil && errors.Is(err, context.Canceled)
	if err != nil && !stopped {
		log.Error().Err(err).Msg("control ends")
		if !c.Log.ToStdio {
			fmt.Fprintf(stderr, "%s: %v\n", program, err)
		}
		return configs.ExitFailed
	}
	log.Info().Msg("control ends; what is published stays")
	return configs.ExitDone
}

// serve builds the parts, lowest first, and runs them and those given until
// ctx ends or one of them fails.
func serve(ctx context.Context, c *configs.Config, values *live, log zerolog.Logger, out *configs.LogOutput, parts ...part) (err error) {
	domains, err := record.NewDomains(c.Dns.Domains)
	if err != nil {
		return fmt.Errorf("dns-domain: %w", err)
	}
	writer, err := openWriter(c.Dataplane.SnapshotDir, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	st, err := store.Open(ctx, storeConfig(c, log))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	publisher := publish.New(publish.Config{
		Domains: domains, MonitorPath: string(c.Dns.MonitorPath), NSAddrs: nsAddrs(c), SOA: soa(&c.Soa), Log: log,
	}, writer)
	values.publisher = publisher
	secrets := cookie.New(st, writer, log)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(st.Collectors()...)
	registry.MustRegister(publisher.Collectors()...)
	registry.MustRegister(secrets.Collectors()...)
	checks := []func() error{func() error { return getsOn(publisher.Standstill()) }}
	parts = append(parts, feed(st, publisher, prefixes(string(c.Dns.MonitorPath))), secrets.Run)
	if c.SkydnsApi.Enable {
		rest, answers, err := openAPI(api.Options{
			Config: c, Token: values.Token, Store: st, NSAddrs: nsAddrs(c), SOA: publisher.SOA, Ready: publisher.Ready,
			Errors: out.Errors, Registry: registry, Log: log,
		})
		if err != nil {
			return err
		}
		parts, checks = append(parts, rest), append(checks, answers)
	}
	return runAll(ctx, append(parts, alive(checks, log)))
}
