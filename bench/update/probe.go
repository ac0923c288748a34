package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/records"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// barVisible is how soon a change is to be visible once etcd has it, µs, p99.
const barVisible = 5000

// probe changes records and watches for the change over DNS.
type probe struct {
	node *node.Node
	etcd *clientv3.Client
	dns  net.Conn
	made int // names so far
}

func newProbe(n *node.Node, etcd *clientv3.Client) (*probe, error) {
	dns, err := net.Dial("udp", n.DNS)
	return &probe{node: n, etcd: etcd, dns: dns}, err
}

func (p *probe) close() { p.dns.Close() }

// phase measures changes over REST and straight into etcd in turn, as long as
// more says so, and prints both.
func (p *probe) phase(table *report.Table, during string, names int, more func(done int) bool) error {
	ways := []struct {
		name   string
		change func(name string, addr netip.Addr) error
		delays []time.Duration
	}{{name: "REST", change: p.post}, {name: "etcd", change: p.put}}
	for done := 0; more(done); done++ {
		for i := range ways {
			d, err := p.delay(ways[i].change)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", during, ways[i].name, err)
			}
			ways[i].delays = append(ways[i].delays, d)
		}
	}
	for _, w := range ways {
		if len(w.delays) == 0 {
			return fmt.Errorf("%s: not one change was made", during)
		}
		slices.Sort(w.delays)
		at := func(q float64) float64 {
			return float64(w.delays[int(q*float64(len(w.delays)-1))].Nanoseconds()) / 1e3
		}
		table.Row(w.name, during, len(w.delays), at(.5), at(.99), at(1))
		report.Figure{Name: "update.visible_us", From: w.name, During: during, Names: names, Value: at(.99),
			Percentiles: &report.Percentiles{P50: at(.5), P99: at(.99)}, Unit: "us", Bar: barVisible}.Print(os.Stdout)
	}
	return nil
}

// delay makes a new name and returns how long after the change was confirmed
// it was answered; 0 if that was before.
func (p *probe) delay(change func(name string, addr netip.Addr) error) (time.Duration, error) {
	p.made++
	name := fmt.Sprintf("update-%d.%s", p.made, zone.Origin)
	type sighting struct {
		at  time.Time
		err error
	}
	seen := make(chan sighting, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		at, err := p.await(name)
		seen <- sighting{at, err}
	}()
	if err := change(name, zone.Address(p.made)); err != nil {
		return 0, errors.Join(err, (<-seen).err)
	}
	confirmed := time.Now()
	s := <-seen
	return max(0, s.at.Sub(confirmed)), s.err
}

// await asks for the name, one query after the other, until it is answered,
// and returns when that was.
func (p *probe) await(name string) (time.Time, error) {
	reply := make([]byte, 512)
	for end, id := time.Now().Add(time.Minute), uint16(1); time.Now().Before(end); id++ {
		if _, err := p.dns.Write(zone.Query(id, name, wire.TypeA)); err != nil {
			return time.Time{}, err
		}
		if err := p.dns.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			return time.Time{}, err
		}
		n, err := p.dns.Read(reply)
		now := time.Now()
		if err == nil && n > wire.HeaderLen && reply[0] == byte(id>>8) && reply[1] == byte(id) && reply[7] == 1 {
			return now, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not answered", name)
}

// settle waits until the name is answered, which was written last.
func (p *probe) settle(name string) error {
	_, err := p.await(name)
	return err
}

// post makes a record over REST.
func (p *probe) post(name string, addr netip.Addr) error {
	url := "http://" + p.node.API + "/skydns/api/" + name + "?token=" + node.Token
	resp, err := http.Post(url, "application/json", strings.NewReader(fmt.Sprintf(`{"type":"A","ips":[%q]}`, addr)))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	return err
}

// put makes a record in etcd.
func (p *probe) put(name string, addr netip.Addr) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := p.etcd.Put(ctx, records.Key(name), records.Value(addr))
	return err
}
