package configs

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// promise is a line of what users are promised of skydns.toml: what files of
// one section mean, each the same.
type promise struct {
	line    string
	section string
	files   []string // keys and values of the section
	got     func(c *Config) any
	want    any
}

// TestPromises goes through what users are promised, line by line.
func TestPromises(t *testing.T) {
	domains := func(c *Config) any { return c.Dns.Domains }
	servers := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:53"), netip.MustParseAddrPort("[2001:db8::1]:5353")}
	promises := []promise{
		{"dns-domain: one name", "Dns", []string{`dns-domain = "a."`, `dns-domain = "A"`}, domains, Domains{"a."}},
		{"dns-domain: a list, or the old a.%b.", "Dns", []string{`dns-domain = ["a.", "b."]`, `dns-domain = "a.%b."`}, domains, Domains{"a.", "b."}},
		{"dns-addr: host:port, or a list, v4 and v6", "Dns", []string{`dns-addr = "192.0.2.1:53,[2001:db8::1]:5353"`, `dns-addr = ["192.0.2.1:53", "[2001:db8::1]:5353"]`},
			func(c *Config) any { return c.Dns.Addr }, AddrPorts(servers)},
		{"nameservers: a list, or a:53,b:53", "Dns", []string{`nameservers = ["192.0.2.1", "[2001:db8::1]:5353"]`, `nameservers = "192.0.2.1:53,[2001:db8::1]:5353"`},
			func(c *Config) any { return c.Dns.Nameservers }, Nameservers{Servers: servers}},
		{"nameservers: empty is /etc/resolv.conf", "Dns", []string{`nameservers = ""`, `nameservers = []`, ""},
			func(c *Config) any { return len(c.Dns.Nameservers.Servers) == 0 && !c.Dns.Nameservers.None }, true},
		{"nameservers: none is REFUSED", "Dns", []string{`nameservers = "none"`}, func(c *Config) any { return c.Dns.Nameservers }, Nameservers{None: true}},
		{"subDomainServers: a table, or the old form", "Dns", []string{`subDomainServers = { "x.a" = ["192.0.2.1:53", "[2001:db8::1]:5353"] }`, `subDomainServers = "x.a@192.0.2.1:53,[2001:db8::1]:5353"`},
			func(c *Config) any { return c.Dns.SubDomains }, SubDomains{"x.a.": servers}},
		{"cacheSize: entries", "Dns", []string{"cacheSize = 7"}, func(c *Config) any { return c.Dns.CacheSize }, 7},
		{"ip-monitor-path, which [General] may have", "General", []string{`ip-monitor-path = "/x"`, `ip-monitor-path = "/x/"`}, func(c *Config) any { return c.Dns.MonitorPath }, KeyPath("/x/")},
		{"keys of [General] are synonyms of those of [Dns]", "General", []string{"cacheSize = 7"}, func(c *Config) any { return c.Dns.CacheSize }, 7},
		{"keys of [General] are synonyms of those of [Etcd]", "General", []string{`etcd-server = "http://a:1"`, `etcd-servers = "http://a:1"`}, func(c *Config) any { return c.Etcd.Servers }, List{"http://a:1"}},
		{"domain of [General]", "General", []string{`domain = "a."`}, domains, Domains{"a."}},
		{"host, cluster-name", "General", []string{"host = \"192.0.2.1\"\ncluster-name = \"c\""}, func(c *Config) any { return c.General }, General{"192.0.2.1", "c"}},
		{"log-level: 0 to 5, or zerolog's names", "Log", []string{"log-level = 3", `log-level = "error"`, `log-level = "ERROR"`}, func(c *Config) any { return c.Log.Level }, Level(zerolog.ErrorLevel)},
		{"log-dir, log-to-stdio", "Log", []string{"log-dir = \"/x\"\nlog-to-stdio = false"}, func(c *Config) any { return c.Log }, Log{Dir: "/x", Level: Level(zerolog.InfoLevel)}},
		{"etcd-servers: a list, or with commas", "Etcd", []string{`etcd-servers = ["http://a:1", "https://b:2"]`, `etcd-servers = "http://a:1,https://b:2"`}, func(c *Config) any { return c.Etcd.Servers }, List{"http://a:1", "https://b:2"}},
		{"etcd-servers empty: embedded, under data-dir", "Etcd", []string{"etcd-servers = \"\"\ndata-dir = \"/x\"", "data-dir = \"/x\""}, func(c *Config) any { return fmt.Sprint(len(c.Etcd.Servers), c.Etcd.DataDir) }, "0/x"},
		{"etcd's certificates and user", "Etcd", []string{"etcd-certfile = \"c\"\netcd-keyfile = \"k\"\netcd-cafile = \"a\"\netcd-username = \"u\"\netcd-password = \"p\""},
			func(c *Config) any { e := c.Etcd; return e.CertFile + e.KeyFile + e.CAFile + e.Username + e.Password }, "ckaup"},
		{"random-one", "Fun", []string{"random-one = true"}, func(c *Config) any { return c.Fun }, Fun{RandomOne: true}},
		{"hone-one", "Fun", []string{"hone-one = true"}, func(c *Config) any { return c.Fun }, Fun{HoneOne: true}},
		{"statsServer, statsServerAuthToken", "Stats", []string{"statsServer = \"127.0.0.1:1\"\nstatsServerAuthToken = \"t\""}, func(c *Config) any { return c.Stats }, Stats{"127.0.0.1:1", "t"}},
		{"kube-enable, kube-domain, kube-config-file, pod-enable", "Kube2Skydns", []string{"kube-enable = true\nkube-domain = \"k\"\nkube-config-file = \"f\"\npod-enable = true"},
			func(c *Config) any {
				k := c.Kube2Skydns
				return fmt.Sprint(k.Enable, k.Domain, k.ConfigFile, k.PodEnable)
			}, "truek.ftrue"},
		{"svc-ip-source, or a list", "Kube2Skydns", []string{`svc-ip-source = "externalIP,loadBalancer"`, `svc-ip-source = ["externalIP", "loadBalancer"]`}, func(c *Config) any { return c.Kube2Skydns.IPSource }, List{"externalIP", "loadBalancer"}},
		{"api-enable, api-address, skydns-auth, api-domains, tls-certfile, tls-keyfile", "SkydnsApi", []string{"api-enable = true\napi-address = \"h:1\"\nskydns-auth = \"t\"\napi-domains = \"x.a\"\ntls-certfile = \"c\"\ntls-keyfile = \"k\""},
			func(c *Config) any { return c.SkydnsApi }, SkydnsApi{true, "h:1", "t", Domains{"x.a."}, "c", "k"}},
		{"driver, cores, eal, port, addresses, exception, snapshot-dir", "Dataplane", []string{"driver = \"dpdk\"\ncores = [1]\neal = \"-n 4\"\nport = \"p\"\naddresses = [\"192.0.2.1/24\", \"2001:db8::1/64\"]\nexception = \"virtio-user\"\nsnapshot-dir = \"/x\""},
			func(c *Config) any { return c.Dataplane },
			Dataplane{"dpdk", Cores{1}, Args{"-n", "4"}, "p", Prefixes{netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("2001:db8::1/64")}, "virtio-user", "skydns0", "poll", "/x"}},
	}
	for _, p := range promises {
		t.Run(p.line, func(t *testing.T) {
			for _, file := range p.files {
				text := "[" + p.section + "]\n" + file + "\n"
				switch named := strings.Contains(file, "domain = ") && p.section != "Kube2Skydns"; {
				case named:
				case p.section == "Dns":
					text += "dns-domain = \"a.\"\n"
				default:
					text += "[Dns]\ndns-domain = \"a.\"\n"
				}
				c, err := Parse("f.toml", []byte(text))
				if err != nil {
					t.Errorf("%s: %v", file, err)
				} else if got := p.got(c); !reflect.DeepEqual(got, p.want) {
					t.Errorf("%s: got %v, want %v", file, got, p.want)
				}
			}
		})
	}
}

// TestRefusalsPromised goes through what users are promised to be told of a
// file that is wrong: what, and in which line.
func TestRefusalsPromised(t *testing.T) {
	for _, p := range []struct{ line, file, want string }{
		{"unknown keys are errors", valid + "[Log]\nlog-file = \"x\"", "f.toml:6: [Log] log-file: no such key"},
		{"unknown sections too", valid + "[Logs]\nlog-dir = \"x\"", "f.toml:5: [Logs]: no such section"},
		{"the ancestor's form is recognised, and the error says how to convert it", "[Fun]\nhone-one = YES", "f.toml:2: this is the ancestor's form, not TOML: convert it with skydns-apicmd -convert-config f.toml"},
		{"both ways to choose at once are an error", valid + "[Fun]\nrandom-one = true\nhone-one = true", "f.toml:7: [Fun] hone-one: "},
		{"driver: socket or dpdk", valid + "[Dataplane]\ndriver = \"tap\"", "want one of socket, dpdk"},
		{"exception: tap, virtio-user or none", valid + "[Dataplane]\nexception = \"tun\"", "want one of tap, virtio-user, kernel, none"},
		{"svc-ip-source: one of three", valid + "[Kube2Skydns]\nsvc-ip-source = \"podIP\"", "want one of externalIP, clusterIP, loadBalancer"},
	} {
		t.Run(p.line, func(t *testing.T) {
			if _, err := Parse("f.toml", []byte(p.file)); err == nil || !strings.Contains(err.Error(), p.want) {
				t.Errorf("got %v, want %q", err, p.want)
			}
		})
	}
}
