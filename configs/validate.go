package configs

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Validate is everything wrong with values that were read, or with what they
// are together.
func (c *Config) Validate() []Problem {
	var v validation
	v.dns(c)
	v.etcd(&c.Etcd)
	v.soa(&c.Soa)
	v.check(!c.Fun.RandomOne || !c.Fun.HoneOne, "Fun", "hone-one", "set with random-one: choose one of the two")
	v.check(c.Stats.Server == "" || hostPort(c.Stats.Server), "Stats", "statsServer", "want host:port, not %q", c.Stats.Server)
	_, err := netip.ParseAddr(c.General.Host)
	v.check(c.General.Host == "" || err == nil, "General", "host", "want the IP address of this name server, not %q", c.General.Host)
	v.kube(&c.Kube2Skydns)
	v.api(c)
	v.dataplane(&c.Dataplane)
	v.answers(&c.Answers)
	v.rateLimit(&c.RateLimit)
	return v.problems
}

type validation struct{ problems []Problem }

// check notes a problem where ok is false.
func (v *validation) check(ok bool, section, key, format string, args ...any) {
	if !ok {
		v.problems = append(v.problems, Problem{section, key, fmt.Sprintf(format, args...)})
	}
}

func (v *validation) dns(c *Config) {
	d := &c.Dns
	v.check(len(d.Domains) > 0, "Dns", "dns-domain", `not set: want the domain to answer for, such as "skydns.local."`)
	v.check(len(d.Addr) > 0, "Dns", "dns-addr", "want at least one IP:port")
	for _, name := range d.Domains {
		v.check(!strings.HasPrefix(recordsKey(name), string(d.MonitorPath)),
			"Dns", "ip-monitor-path", "%s holds the records of %s: want a path beside them", d.MonitorPath, name)
		v.check(!strings.HasPrefix(string(d.MonitorPath), recordsKey(name)),
			"Dns", "ip-monitor-path", "%s lies among the records of %s: want a path beside them", d.MonitorPath, name)
	}
	v.check(d.CacheSize >= 0, "Dns", "cacheSize", "want a number of entries from 0, not %d", d.CacheSize)
}

// recordsKey is what the etcd keys of a domain's records begin with.
func recordsKey(domain string) string {
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	slices.Reverse(labels)
	return "/skydns/" + strings.Join(labels, "/") + "/"
}

func (v *validation) etcd(e *Etcd) {
	for _, s := range e.Servers {
		u, err := url.Parse(s)
		v.check(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "",
			"Etcd", "etcd-servers", "want URLs such as http://127.0.0.1:2379, not %q", s)
	}
	v.check((e.CertFile == "") == (e.KeyFile == ""), "Etcd", "etcd-certfile", "set etcd-certfile and etcd-keyfile, or neither")
	v.check(e.Password == "" || e.Username != "", "Etcd", "etcd-password", "set without etcd-username")
	if len(e.Servers) == 0 {
		v.check(e.DataDir != "", "Etcd", "data-dir", "want a directory for the embedded etcd, or set etcd-servers")
		v.check(hostPort(e.Listen), "Etcd", "etcd-listen", "want host:port, not %q", e.Listen)
	}
}

// A TTL has 31 bits (RFC 2181 section 8), and the other times need no more.
func (v *validation) soa(s *Soa) {
	seconds := func(key string, n, least int) {
		v.check(n >= least && n <= math.MaxInt32, "Soa", key, "want %d to %d seconds, not %d", least, math.MaxInt32, n)
	}
	seconds("refresh", s.Refresh, 1)
	seconds("retry", s.Retry, 1)
	seconds("expire", s.Expire, 1)
	seconds("minimum", s.Minimum, 0)
	seconds("ttl", s.TTL, 0)
}

func (v *validation) kube(k *Kube2Skydns) {
	for _, s := range k.IPSource {
		v.oneOf(s, "Kube2Skydns", "svc-ip-source", "externalIP", "clusterIP", "loadBalancer")
	}
	v.check(len(k.IPSource) > 0, "Kube2Skydns", "svc-ip-source", "want at least one of externalIP, clusterIP, loadBalancer")
}

func (v *validation) api(c *Config) {
	a := &c.SkydnsApi
	if !a.Enable {
		return
	}
	v.check(hostPort(a.Address), "SkydnsApi", "api-address", "want host:port, not %q", a.Address)
	v.check(a.Token != "", "SkydnsApi", "skydns-auth", "not set: want the token that clients must show, or api-enable = false")
	v.check((a.CertFile == "") == (a.KeyFile == ""), "SkydnsApi", "tls-certfile", "set tls-certfile and tls-keyfile, or neither")
	for _, name := range a.Domains {
		v.check(slices.ContainsFunc(c.Dns.Domains, func(d string) bool { return name == d || strings.HasSuffix(name, "."+d) }),
			"SkydnsApi", "api-domains", "%s is in none of dns-domain", name)
	}
}

func (v *validation) dataplane(d *Dataplane) {
	v.oneOf(d.Driver, "Dataplane", "driver", "socket", "dpdk")
	v.oneOf(d.Exception, "Dataplane", "exception", "tap", "virtio-user", "kernel", "none")
	v.check(len(d.Interface) > 0 && len(d.Interface) <= 15 && !strings.ContainsAny(d.Interface, "/: \t"), "Dataplane", "exception-interface", "want 1 to 15 letters and digits, not %q", d.Interface)
	v.oneOf(d.Idle, "Dataplane", "idle", "poll", "sleep")
	v.check(d.Driver != "dpdk" || len(d.Addresses) > 0, "Dataplane", "addresses", "not set: the dpdk driver needs the addresses to answer at, such as 192.0.2.1/24")
}

func (v *validation) answers(a *Answers) {
	v.check(a.UDPSize >= 512 && a.UDPSize <= 4096, "Answers", "udp-size", "want 512 to 4096, not %d", a.UDPSize)
	v.check(len(a.Identity) <= 128, "Answers", "identity", "want at most 128 octets, not %d", len(a.Identity))
	v.check(len(a.Version) <= 128, "Answers", "version", "want at most 128 octets, not %d", len(a.Version))
}

func (v *validation) rateLimit(r *RateLimit) {
	const most = 1_000_000
	v.check(r.Queries >= 0 && r.Queries <= most, "RateLimit", "queries-per-second", "want 1 to %d, or 0 for no limit, not %d", most, r.Queries)
	v.check(r.Replies >= 0 && r.Replies <= most, "RateLimit", "responses-per-second", "want 1 to %d, or 0 for no limit, not %d", most, r.Replies)
	v.check(r.Slip >= 0, "RateLimit", "slip", "want 1 or more, or 0 for none, not %d", r.Slip)
	v.check(r.IPv4 >= 1 && r.IPv4 <= 32, "RateLimit", "ipv4-prefix-length", "want 1 to 32, not %d", r.IPv4)
	v.check(r.IPv6 >= 1 && r.IPv6 <= 128, "RateLimit", "ipv6-prefix-length", "want 1 to 128, not %d", r.IPv6)
}

func (v *validation) oneOf(s, section, key string, choices ...string) {
	v.check(slices.Contains(choices, s), section, key, "want one of %s, not %q", strings.Join(choices, ", "), s)
}

// hostPort reports whether s is a host or address, a colon and a port.
func hostPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.Atoi(port)
	return err == nil && n >= 0 && n <= 65535
}
