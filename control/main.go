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
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/api"
	"github.com/ipdcode/skydns/control/publish"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// program is what control calls itself.
const program = "control"

// batches is how many deliveries of etcd wait for the publisher: one is loaded
// while another is worked in.
const batches = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program until ctx ends; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, code := configs.Load(flag.NewFlagSet(program, flag.ContinueOnError), args, stdout, stderr)
	if c == nil {
		return code
	}
	log, closer, err := configs.OpenLog(c.Log, program)
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", program, err)
		return configs.ExitFailed
	}
	defer closer.Close()
	log.Info().Str("version", configs.Version()).Strs("domains", c.Dns.Domains).Msg("control starts")
	if err := serve(ctx, c, log); err != nil {
		log.Error().Err(err).Msg("control ends")
		if !c.Log.ToStdio {
			fmt.Fprintf(stderr, "%s: %v\n", program, err)
		}
		return configs.ExitFailed
	}
	log.Info().Msg("control ends; what is published stays")
	return configs.ExitDone
}

// serve builds the parts, lowest first, and runs them until ctx ends or one
// of them fails.
func serve(ctx context.Context, c *configs.Config, log zerolog.Logger) (err error) {
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
		Domains: domains, MonitorPath: string(c.Dns.MonitorPath), NSAddrs: nsAddrs(c), Log: log,
	}, writer)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(st.Collectors()...)
	registry.MustRegister(publisher.Collectors()...)
	parts := []func(context.Context) error{feed(st, publisher, prefixes(string(c.Dns.MonitorPath)))}
	if c.SkydnsApi.Enable {
		rest, err := openAPI(api.Options{Config: c, Store: st, Ready: publisher.Ready, Registry: registry, Log: log})
		if err != nil {
			return err
		}
		parts = append(parts, rest)
	}
	return runAll(ctx, parts)
}

// openWriter takes the snapshot.
func openWriter(dir string, log zerolog.Logger) (*snapshot.Writer, error) {
	writer, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	if writer.Discarded != nil {
		log.Warn().Err(writer.Discarded).Msg("the snapshot that was there is not used; a fresh one replaces it when all of etcd is read")
	}
	return writer, nil
}

func storeConfig(c *configs.Config, log zerolog.Logger) store.Config {
	e := &c.Etcd
	return store.Config{
		Endpoints: e.Servers,
		CertFile:  e.CertFile, KeyFile: e.KeyFile, CAFile: e.CAFile,
		Username: e.Username, Password: e.Password,
		DataDir: e.DataDir, Listen: e.Listen,
		Log: log,
	}
}

// nsAddrs are the addresses of this node as a name server: general's host, or
// those of dns-addr that are addresses of one machine.
func nsAddrs(c *configs.Config) []netip.Addr {
	if addr, err := netip.ParseAddr(c.General.Host); err == nil {
		return []netip.Addr{addr.Unmap()}
	}
	var addrs []netip.Addr
	for _, a := range c.Dns.Addr {
		if addr := a.Addr().Unmap(); !addr.IsUnspecified() {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

// prefixes are the keys to follow: the records, and the status keys where
// they are not among them.
func prefixes(monitorPath string) []string {
	if strings.HasPrefix(monitorPath, record.Prefix) {
		return []string{record.Prefix}
	}
	return []string{record.Prefix, monitorPath}
}

// feed carries what etcd holds to the publisher.
func feed(st *store.Store, publisher *publish.Publisher, prefixes []string) func(context.Context) error {
	return func(ctx context.Context) error {
		changes := make(chan store.Batch, batches)
		var publishing sync.WaitGroup
		publishing.Go(func() { publisher.Run(ctx, changes) })
		defer publishing.Wait()
		if err := st.Follow(ctx, prefixes, changes); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}
}

// openAPI takes the REST interface's address; the part serves it.
func openAPI(o api.Options) (func(context.Context) error, error) {
	handler, err := api.New(o)
	if err != nil {
		return nil, fmt.Errorf("REST interface: %w", err)
	}
	listener, err := api.Listen(o.Config.SkydnsApi)
	if err != nil {
		return nil, err
	}
	o.Log.Info().Str("address", listener.Addr().String()).Msg("REST interface serves")
	return func(ctx context.Context) error { return api.Serve(ctx, listener, handler) }, nil
}

// runAll runs the parts until ctx ends or one of them fails, and waits for
// all of them.
func runAll(ctx context.Context, parts []func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	errs := make([]error, len(parts))
	for i, part := range parts {
		running.Go(func() {
			if errs[i] = part(ctx); errs[i] != nil {
				cancel(errs[i])
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}
