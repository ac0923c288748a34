package configs

import (
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// valid is a file with nothing but what has no default.
const valid = "[Dns]\ndns-domain = \"skydns.local\"\n[SkydnsApi]\nskydns-auth = \"t\"\n"

func TestReadSamples(t *testing.T) {
	for _, file := range []string{"skydns.toml", "skydns-run.toml"} {
		if _, err := Read(file); err != nil {
			t.Error(err)
		}
	}
}

// TestSampleIsComplete verifies that the sample names every key, and that the
// lines that are commented out show the defaults.
func TestSampleIsComplete(t *testing.T) {
	data, err := os.ReadFile("skydns.toml")
	if err != nil {
		t.Fatal(err)
	}
	inComment := regexp.MustCompile(`(?m)^# ([A-Za-z0-9-]+ = .*)$`)
	defaults := regexp.MustCompile(`(?m)^# subDomainServers.*$`).ReplaceAll(data, nil)
	with, err := Parse("skydns.toml", inComment.ReplaceAll(defaults, []byte("$1")))
	if err != nil {
		t.Fatal(err)
	}
	without, err := Read("skydns.toml")
	if err != nil {
		t.Fatal(err)
	}
	for v := range reflect.ValueOf(with).Elem().NumField() {
		a, b := reflect.ValueOf(*with).Field(v), reflect.ValueOf(*without).Field(v)
		for i := range a.NumField() {
			key := a.Type().Field(i).Tag.Get("toml")
			x, y := a.Field(i), b.Field(i)
			if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
				continue
			}
			if !reflect.DeepEqual(x.Interface(), y.Interface()) {
				t.Errorf("%s: the sample's comment shows %v, the default is %v", key, x, y)
			}
		}
	}
	section := reflect.TypeFor[Config]()
	for i := range section.NumField() {
		for j := range section.Field(i).Type.NumField() {
			key := section.Field(i).Type.Field(j).Tag.Get("toml")
			if !regexp.MustCompile(`(?m)^(# )?` + key + ` = `).Match(data) {
				t.Errorf("the sample has no %s", key)
			}
		}
	}
}

func TestParseValues(t *testing.T) {
	servers := []netip.AddrPort{netip.MustParseAddrPort("10.0.0.1:53"), netip.MustParseAddrPort("10.0.0.2:5353")}
	cases := []struct {
		name, section, line string
		got                 func(c *Config) any
		want                any
	}{
		{"one domain gets its dot", "Dns", `dns-domain = "A.b"`, func(c *Config) any { return c.Dns.Domains }, Domains{"a.b."}},
		{"a list of domains", "Dns", `dns-domain = ["a.b.", "c"]`, func(c *Config) any { return c.Dns.Domains }, Domains{"a.b.", "c."}},
		{"the ancestor's domains", "Dns", `dns-domain = "a.%b."`, func(c *Config) any { return c.Dns.Domains }, Domains{"a.", "b."}},
		{"domain of General", "General", `domain = "a"`, func(c *Config) any { return c.Dns.Domains }, Domains{"a."}},
		{"keys in another case", "dns", `DNS-Domain = "a"`, func(c *Config) any { return c.Dns.Domains }, Domains{"a."}},
		{"name servers with commas", "Dns", `nameservers = "10.0.0.1, 10.0.0.2:5353"`, func(c *Config) any { return c.Dns.Nameservers.Servers }, servers},
		{"no name server", "Dns", `nameservers = "none"`, func(c *Config) any { return c.Dns.Nameservers.None }, true},
		{"servers of sub-domains", "Dns", `subDomainServers = {"x.y" = ["10.0.0.1:53", "10.0.0.2:5353"]}`, func(c *Config) any { return c.Dns.SubDomains }, SubDomains{"x.y.": servers}},
		{"the ancestor's servers of sub-domains", "Dns", `subDomainServers = "x.y@10.0.0.1:53,10.0.0.2:5353%z@10.0.0.1:53"`, func(c *Config) any { return c.Dns.SubDomains }, SubDomains{"x.y.": servers, "z.": servers[:1]}},
		{"a path gets its slash", "General", `ip-monitor-path = "/hades/monitor/status"`, func(c *Config) any { return c.Dns.MonitorPath }, KeyPath("/hades/monitor/status/")},
		{"etcd-server of General", "General", `etcd-server = "http://a:1,http://b:2"`, func(c *Config) any { return c.Etcd.Servers }, List{"http://a:1", "http://b:2"}},
		{"log keys in General", "General", `log-level = 2`, func(c *Config) any { return c.Log.Level }, Level(2)},
		{"a level by name", "Log", `log-level = "debug"`, func(c *Config) any { return c.Log.Level }, Level(0)},
		{"cores with ranges", "Dataplane", `cores = "0,2-4"`, func(c *Config) any { return c.Dataplane.Cores }, Cores{0, 2, 3, 4}},
		{"cores as a list", "Dataplane", `cores = [3, 1]`, func(c *Config) any { return c.Dataplane.Cores }, Cores{3, 1}},
		{"arguments with spaces", "Dataplane", `eal = "--no-huge -m 64"`, func(c *Config) any { return c.Dataplane.EAL }, Args{"--no-huge", "-m", "64"}},
		{"addresses with prefixes", "Dataplane", `addresses = "192.0.2.1/24,2001:db8::1/64"`, func(c *Config) any { return c.Dataplane.Addresses },
			Prefixes{netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("2001:db8::1/64")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := "[" + c.section + "]\n" + c.line + "\n"
			if !strings.Contains(strings.ToLower(c.line), "domain =") {
				file += "[SkydnsApi]\nskydns-auth = \"t\"\n"
				if c.section == "Dns" {
					file += "[General]\ndomain = \"d\"\n"
				} else {
					file += "[Dns]\ndns-domain = \"d\"\n"
				}
			} else {
				file += "[SkydnsApi]\nskydns-auth = \"t\"\n"
			}
			config, err := Parse("test.toml", []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.got(config); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestRESTByDefault verifies that REST is served where a token is set, unless
// the file says otherwise.
func TestRESTByDefault(t *testing.T) {
	cases := []struct {
		name, file string
		want       bool
	}{
		{"a token", valid, true},
		{"a token, and switched off", valid + "api-enable = false", false},
		{"no token", "[Dns]\ndns-domain = \"a\"", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config, err := Parse("f.toml", []byte(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if config.SkydnsApi.Enable != c.want {
				t.Errorf("got %v, want %v", config.SkydnsApi.Enable, c.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"unknown key", valid + "[Log]\nlog-dri = \"x\"", "f.toml:6: [Log] log-dri: no such key"},
		{"unknown section", "[Dsn]\nx = 1", "f.toml:1: [Dsn]: no such section"},
		{"value for a section", "Dns = 1", "f.toml:1: [Dns]: want one section"},
		{"section twice", "[[Dns]]\n[[Dns]]\n", "f.toml:2: [Dns]: want one section"},
		{"not TOML", "[Dns\n", "f.toml:2: not TOML"},
		{"wrong type of a number", "[Dns]\ncacheSize = \"x\"", "f.toml:2: [Dns] cacheSize: want a number, not x"},
		{"wrong type of a text", "[SkydnsApi]\nskydns-auth = 123456789", "f.toml:2: [SkydnsApi] skydns-auth: want a text in quotes"},
		{"wrong type of a switch", "[Fun]\n\nhone-one = \"YES\"", "f.toml:3: [Fun] hone-one: want true or false, not YES"},
		{"number out of range", valid + "[General]\ncacheSize = -1", "f.toml:6: [Dns] cacheSize: want a number of entries from 0, not -1"},
		{"level out of range", "[Log]\nlog-level = 100", "f.toml:2: [Log] log-level: want 0 to 5"},
		{"address without port", "[Dns]\ndns-addr = \"127.0.0.1\"", "want IP:port"},
		{"a name for this machine", valid + "[General]\nhost = \"ns1.example\"", "f.toml:6: [General] host: want the IP address of this name server"},
		{"bad domain", "[Dns]\ndns-domain = \"a..b\"", "1 to 63 characters"},
		{"records taken for states", "[Dns]\ndns-domain = \"a.b\"\nip-monitor-path = \"/skydns/b\"", "f.toml:3: [Dns] ip-monitor-path: /skydns/b/ holds the records of a.b."},
		{"states among records", "[Dns]\ndns-domain = [\"a.b\", \"monitor\"]", "[Dns] ip-monitor-path: /skydns/monitor/status/ lies among the records of monitor."},
		{"states in a domain of several labels", "[Dns]\ndns-domain = \"a.b\"\nip-monitor-path = \"/skydns/b/a\"", "/skydns/b/a/ "},
		{"no domain", "[SkydnsApi]\nskydns-auth = \"t\"", "f.toml: [Dns] dns-domain: not set"},
		{"no token", "[Dns]\ndns-domain = \"a\"\n[SkydnsApi]\napi-enable = true", "f.toml: [SkydnsApi] skydns-auth: not set"},
		{"two modes", valid + "[Fun]\nrandom-one = true\nhone-one = true", "f.toml:7: [Fun] hone-one: set with random-one"},
		{"key and its synonym", valid + "[General]\ndomain = \"x\"", "f.toml:6: [General] domain: line 2 sets the same"},
		{"certificate without key", valid + "tls-certfile = \"x\"", "f.toml:5: [SkydnsApi] tls-certfile"},
		{"API domain that is not served", valid + "api-domains = \"x.y\"", "x.y. is in none of dns-domain"},
		{"bad URL of etcd", valid + "[Etcd]\netcd-servers = \"127.0.0.1:2379\"", "want URLs such as"},
		{"dpdk without addresses", valid + "[Dataplane]\ndriver = \"dpdk\"", "[Dataplane] addresses: not set"},
		{"unknown driver", valid + "[Dataplane]\ndriver = \"xdp\"", "want one of socket, dpdk, not \"xdp\""},
		{"core named twice", valid + "[Dataplane]\ncores = \"1,0-2\"", "core 1 is named twice"},
		{"the ancestor's form", "[Dns]\ndns-domain = skydns.local.\n[Log]\nlog-level = 2", "f.toml:2: this is the ancestor's form, not TOML: convert it with skydns-apicmd -convert-config f.toml"},
		{"the ancestor's form by YES", "; old\n[Kube2Skydns]\nkube-enable = YES", "f.toml:3: this is the ancestor's form"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("f.toml", []byte(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestParseNamesEveryProblem verifies that one reading finds all, in order.
func TestParseNamesEveryProblem(t *testing.T) {
	_, err := Parse("f", []byte("[Log]\na = 1\nb = 2\n[Dns]\nc = 3\n"))
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if !slices.IsSorted(lines) || len(lines) != 3 {
		t.Errorf("got %q", lines)
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"skydns.toml", "skydns-run.toml", "testdata/skydns.conf", "testdata/kubeapi.conf"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Parse("f", data); err == nil && len(c.Validate()) > 0 {
			t.Errorf("valid, but %v", c.Validate())
		}
		_, _ = Convert("f", data)
	})
}
