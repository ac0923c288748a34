package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/netip"
	"os"
)

// resolve finds the server's address.
func resolve(o *options) (netip.AddrPort, error) {
	network := map[string]string{"inet": "ip4", "inet6": "ip6", "any": "ip"}[o.family]
	addrs, err := net.DefaultResolver.LookupNetIP(context.Background(), network, o.server)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("the server (-s): %w", err)
	}
	best := addrs[0].Unmap()
	for _, a := range addrs { // as ISC's queryperf does
		if a.Unmap().Is4() {
			best = a.Unmap()
			break
		}
	}
	return netip.AddrPortFrom(best, uint16(o.port)), nil
}

// newAskers makes the threads' work: each has its share of the clients, the
// queries, the rate and what may be outstanding.
func newAskers(o *options, d *data, server netip.AddrPort) ([]*asker, error) {
	outstanding := max(1, o.outstanding/o.threads)
	if o.rate > 0 && !o.given['q'] {
		outstanding = maxOutstanding
	}
	var verbose io.Writer
	if o.verbose {
		verbose = os.Stdout
	}
	askers := make([]*asker, 0, o.threads)
	for i := range o.threads {
		w, err := openWay(o, server, share(o.clients, i, o.threads), outstanding)
		if err != nil {
			for _, a := range askers {
				err = errors.Join(err, a.way.close())
			}
			return nil, err
		}
		win := newWindow(w.flows(), w.run())
		a := &asker{
			data: d, way: w, window: win, verbose: verbose,
			timeout: int64(o.timeout), limit: int64(o.limit),
			next: uint64(i), step: uint64(o.threads), total: o.total(d.len()),
			pace: pace{
				rate: o.rate / float64(o.threads), outstanding: min(outstanding, int(win.limit)-batch),
			},
		}
		if o.rate > 0 {
			a.pace.shift = float64(i) * 1e9 / o.rate
		}
		askers = append(askers, a)
	}
	return askers, nil
}

// total is how many queries are asked at most, 0 for no bound.
func (o *options) total(queries int) uint64 {
	switch {
	case o.times > 0:
		return uint64(o.times) * uint64(queries)
	case o.once || o.limit == 0:
		return uint64(queries)
	}
	return 0
}

// share is the i-th of n parts of the clients; all of them where there are
// fewer clients than parts.
func share(clients []netip.Addr, i, n int) []netip.Addr {
	if len(clients) < n {
		return clients
	}
	return clients[i*len(clients)/n : (i+1)*len(clients)/n]
}

// openWay opens the way to the server for one thread.
func openWay(o *options, server netip.AddrPort, clients []netip.Addr, outstanding int) (way, error) {
	if o.eal != "" {
		return openPort(o, server, clients)
	}
	buffer := o.buffer
	if buffer == 0 {
		buffer = socketBuffer
	}
	s, err := openSockets(server, clients, o.ports, buffer)
	if err != nil {
		return nil, err
	}
	// All flows are to be busy: with few queries outstanding, runs are short.
	s.runs = uint(bits.Len(uint(min(batch, max(1, outstanding/s.flows())))) - 1)
	return s, nil
}
