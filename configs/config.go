package configs

import (
	"net/netip"

	"github.com/rs/zerolog"
)

// Config is skydns.toml. Dataplane and control read the same file, each what
// it needs of it.
type Config struct {
	Dns         Dns         `toml:"Dns"`
	Log         Log         `toml:"Log"`
	Etcd        Etcd        `toml:"Etcd"`
	Soa         Soa         `toml:"Soa"`
	Fun         Fun         `toml:"Fun"`
	Answers     Answers     `toml:"Answers"`
	RateLimit   RateLimit   `toml:"RateLimit"`
	Stats       Stats       `toml:"Stats"`
	General     General     `toml:"General"`
	Kube2Skydns Kube2Skydns `toml:"Kube2Skydns"`
	SkydnsApi   SkydnsApi   `toml:"SkydnsApi"`
	Dataplane   Dataplane   `toml:"Dataplane"`
}

// Dns says what is answered, where, and who is asked about the rest.
type Dns struct {
	Domains     Domains     `toml:"dns-domain"`       // at least one
	Addr        AddrPorts   `toml:"dns-addr"`         // at least one
	Nameservers Nameservers `toml:"nameservers"`      // for other zones
	SubDomains  SubDomains  `toml:"subDomainServers"` // for zones below ours
	CacheSize   int         `toml:"cacheSize"`        // entries of upstream answers
	MonitorPath KeyPath     `toml:"ip-monitor-path"`  // etcd keys of address status
}

// Log says where the log goes; see OpenLog.
type Log struct {
	Dir     string `toml:"log-dir"` // empty: no file
	Level   Level  `toml:"log-level"`
	ToStdio bool   `toml:"log-to-stdio"`
}

// Etcd names the etcd cluster. Without servers control runs an etcd of its
// own, with its data in DataDir and its clients served at Listen.
type Etcd struct {
	Servers  List   `toml:"etcd-servers"` // URLs
	CertFile string `toml:"etcd-certfile"`
	KeyFile  string `toml:"etcd-keyfile"`
	CAFile   string `toml:"etcd-cafile"`
	Username string `toml:"etcd-username"`
	Password string `toml:"etcd-password"`
	DataDir  string `toml:"data-dir"`
	Listen   string `toml:"etcd-listen"` // host:port
}

// Soa is what is made up for a domain that has no SOA of its own. Times are
// seconds.
type Soa struct {
	Hostmaster Domain `toml:"hostmaster"` // empty: hostmaster. and the domain
	Refresh    int    `toml:"refresh"`
	Retry      int    `toml:"retry"`
	Expire     int    `toml:"expire"`
	Minimum    int    `toml:"minimum"` // the TTL of negative answers
	TTL        int    `toml:"ttl"`     // of the SOA, and of NS and addresses that are made up
}

// Fun chooses among the addresses of a name. At most one of the two is set.
type Fun struct {
	RandomOne bool `toml:"random-one"`
	HoneOne   bool `toml:"hone-one"`
}

// Answers says what dataplane's replies hold besides what is stored.
type Answers struct {
	UDPSize    int      `toml:"udp-size"` // the most octets of a reply over UDP
	Cookies    bool     `toml:"cookies"`
	Identity   string   `toml:"identity"` // NSID, id.server; empty: not told
	Version    string   `toml:"version"`  // version.bind; empty: not told
	SubnetFrom Prefixes `toml:"client-subnet-from"`
}

// RateLimit is what the clients of one network may ask dataplane in a second.
type RateLimit struct {
	Queries int      `toml:"queries-per-second"`   // 0: no limit
	Replies int      `toml:"responses-per-second"` // 0: no limit
	Slip    int      `toml:"slip"`
	IPv4    int      `toml:"ipv4-prefix-length"`
	IPv6    int      `toml:"ipv6-prefix-length"`
	Exempt  Prefixes `toml:"exempt"`
}

// Stats is the statistics server of dataplane.
type Stats struct {
	Server string `toml:"statsServer"` // host:port; empty: none
	Token  string `toml:"statsServerAuthToken"`
}

// General has the keys of the ancestor's kubeapi file that have no other
// place. Its other keys are synonyms, which Read stores where they belong.
type General struct {
	Host        string `toml:"host"`         // the address of our name server; empty: Dns.Addr
	ClusterName string `toml:"cluster-name"` // marks the records of this cluster's watcher
}

// Kube2Skydns is control's Kubernetes watcher.
type Kube2Skydns struct {
	Enable     bool   `toml:"kube-enable"`
	Domain     Domain `toml:"kube-domain"`      // empty: the first of Dns.Domains
	ConfigFile string `toml:"kube-config-file"` // empty: in-cluster
	IPSource   List   `toml:"svc-ip-source"`    // externalIP, clusterIP, loadBalancer
	PodEnable  bool   `toml:"pod-enable"`
}

// SkydnsApi is control's REST interface.
type SkydnsApi struct {
	Enable   bool    `toml:"api-enable"`  // Read: by default where Token is set
	Address  string  `toml:"api-address"` // host:port
	Token    string  `toml:"skydns-auth"`
	Domains  Domains `toml:"api-domains"`  // what may be changed; empty: Dns.Domains
	CertFile string  `toml:"tls-certfile"` // with KeyFile: HTTPS
	KeyFile  string  `toml:"tls-keyfile"`
}

// Dataplane is the driver of dataplane and what it stands on.
type Dataplane struct {
	Driver      string   `toml:"driver"` // socket or dpdk
	Cores       Cores    `toml:"cores"`  // one poll loop each; empty: every core the process may use
	EAL         Args     `toml:"eal"`    // arguments for DPDK's rte_eal_init
	Port        string   `toml:"port"`   // DPDK's name of the port; empty: the first one
	Addresses   Prefixes `toml:"addresses"`
	Exception   string   `toml:"exception"` // tap, virtio-user, kernel or none
	Interface   string   `toml:"exception-interface"`
	Idle        string   `toml:"idle"`         // poll or sleep
	SnapshotDir string   `toml:"snapshot-dir"` // empty: huge pages where mounted, else /dev/shm
}

// Default is the configuration of an empty file, but for dns-domain, which
// has no default.
func Default() *Config {
	return &Config{
		Dns: Dns{
			Addr:        AddrPorts{netip.MustParseAddrPort("0.0.0.0:53")},
			CacheSize:   100_000,
			MonitorPath: "/skydns/monitor/status/",
		},
		Log:         Log{Level: Level(zerolog.InfoLevel), ToStdio: true},
		Soa:         Soa{Refresh: 7200, Retry: 1800, Expire: 86400, Minimum: 30, TTL: 30},
		Answers:     Answers{UDPSize: 1232, Cookies: true},
		RateLimit:   RateLimit{Slip: 2, IPv4: 24, IPv6: 56},
		Etcd:        Etcd{DataDir: "/var/lib/skydns/etcd", Listen: "127.0.0.1:2379"},
		Kube2Skydns: Kube2Skydns{IPSource: List{"clusterIP"}},
		SkydnsApi:   SkydnsApi{Enable: true, Address: "127.0.0.1:9001"},
		Dataplane:   Dataplane{Driver: "socket", Exception: "none", Interface: "skydns0", Idle: "poll"},
	}
}

// KubeDomain is the domain of the Kubernetes cluster.
func (c *Config) KubeDomain() string {
	if c.Kube2Skydns.Domain != "" {
		return string(c.Kube2Skydns.Domain)
	}
	return c.Dns.Domains[0]
}

// APIDomains are the domains whose names may be changed over REST. The first
// is the one that a name without a domain gets.
func (c *Config) APIDomains() []string {
	if len(c.SkydnsApi.Domains) > 0 {
		return c.SkydnsApi.Domains
	}
	return c.Dns.Domains
}
