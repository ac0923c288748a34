// Labetcd is an etcd for tests, alone or a member of a cluster: small, quick to
// start, and safe to kill, since it works in the folder it is given and nowhere
// else.
package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
)

func main() {
	m := member{}
	flag.StringVar(&m.dir, "data-dir", "", "folder of the data")
	flag.StringVar(&m.name, "name", "default", "name of the member")
	flag.StringVar(&m.client, "client-url", "", "URL to serve clients at")
	flag.StringVar(&m.peer, "peer-url", "", "URL to serve other members at")
	flag.StringVar(&m.advertised, "advertised-peer-url", "", "URL that other members are told, if that is another one")
	flag.StringVar(&m.cluster, "cluster", "", "NAME=URL,…: the members as they are told; empty: this one alone")
	flag.BoolVar(&m.noSync, "no-sync", false, "do not wait for the disk: what is written survives a kill, but no crash of the machine")
	flag.Parse()
	if err := run(m); err != nil {
		fmt.Fprintln(os.Stderr, "labetcd:", err)
		os.Exit(1)
	}
}

// quota is the octets that its file may take: room for ten million records.
const quota = 8 << 30

// member is what the flags say.
type member struct {
	dir, name, client, peer, advertised, cluster string
	noSync                                       bool
}

// config is etcd's own configuration.
func (m member) config() (*embed.Config, error) {
	clientURL, err := url.Parse(m.client)
	if err != nil {
		return nil, fmt.Errorf("client URL: %w", err)
	}
	peerURL, err := url.Parse(m.peer)
	if err != nil {
		return nil, fmt.Errorf("peer URL: %w", err)
	}
	advertised := peerURL
	if m.advertised != "" {
		if advertised, err = url.Parse(m.advertised); err != nil {
			return nil, fmt.Errorf("advertised peer URL: %w", err)
		}
	}
	c := embed.NewConfig()
	c.Dir, c.Name = m.dir, m.name
	c.LogLevel = "warn"
	c.UnsafeNoFsync = m.noSync
	c.QuotaBackendBytes = quota
	c.ListenClientUrls, c.AdvertiseClientUrls = []url.URL{*clientURL}, []url.URL{*clientURL}
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{*peerURL}, []url.URL{*advertised}
	c.InitialCluster = m.cluster
	if m.cluster == "" {
		c.InitialCluster = c.InitialClusterFromName(c.Name)
	}
	return c, nil
}

// run serves until SIGTERM or SIGINT.
func run(m member) error {
	config, err := m.config()
	if err != nil {
		return err
	}
	server, err := embed.StartEtcd(config)
	if err != nil {
		return fmt.Errorf("start etcd: %w", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		server.Close()
		return nil
	case err := <-server.Err():
		return fmt.Errorf("etcd has ended: %w", err)
	}
}
