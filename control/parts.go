package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/api"
	"github.com/ipdcode/skydns/control/publish"
	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// batches is how many deliveries of etcd wait for the publisher: one is loaded
// while another is worked in.
const batches = 2

// part is something that runs until its context ends or it fails.
type part func(context.Context) error

// openWriter takes the snapshot, and says where it is.
func openWriter(dir string, log zerolog.Logger) (*snapshot.Writer, error) {
	writer, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	log.Info().Str("dir", writer.Dir()).Bool("huge-pages", writer.Stats().Huge).Msg("snapshot directory")
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

// soa is what is made up for a zone without a SOA.
func soa(s *configs.Soa) publish.SOA {
	made := publish.SOA{
		Refresh: uint32(s.Refresh), Retry: uint32(s.Retry), Expire: uint32(s.Expire),
		Minimum: uint32(s.Minimum), TTL: uint32(s.TTL),
	}
	if s.Hostmaster != "" {
		if name, err := wire.ParseName(string(s.Hostmaster)); err == nil { // configs has checked it
			made.Hostmaster = string(name)
		}
	}
	return made
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
func feed(st *store.Store, publisher *publish.Publisher, prefixes []string) part {
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

// openAPI takes the REST interface's address; the part serves it, and alive
// tells whether it gets on.
func openAPI(o api.Options) (serve part, alive func() error, err error) {
	rest, err := api.New(o)
	if err != nil {
		return nil, nil, fmt.Errorf("REST interface: %w", err)
	}
	listener, err := api.Listen(o.Config.SkydnsApi, o.Log)
	if err != nil {
		return nil, nil, err
	}
	o.Log.Info().Str("address", listener.Addr().String()).Msg("REST interface serves")
	return func(ctx context.Context) error { return rest.Serve(ctx, listener) }, rest.Alive, nil
}

// runAll runs the parts until ctx ends or one of them fails, and waits for
// all of them.
func runAll(ctx context.Context, parts []part) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	errs := make([]error, len(parts))
	for i, p := range parts {
		running.Go(func() {
			if errs[i] = p(ctx); errs[i] != nil {
				cancel()
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}
