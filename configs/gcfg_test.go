package configs

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// TestConvert verifies that the ancestor's two sample files are recognised,
// and mean after conversion what they say.
func TestConvert(t *testing.T) {
	cases := []struct {
		file  string
		holds func(c *Config) bool
	}{
		{"testdata/skydns.conf", func(c *Config) bool {
			return c.Dns.Domains[0] == "skydns.local." && c.Log.Level == 2 && c.Stats.Token == "@skydns.com" && !c.SkydnsApi.Enable && c.Dns.CacheSize == 100000
		}},
		{"testdata/kubeapi.conf", func(c *Config) bool {
			return c.Dns.Domains[0] == "hades.local." && c.SkydnsApi.Enable && c.SkydnsApi.Token == "123456789" &&
				!c.Kube2Skydns.Enable && c.General.Host == "192.168.169.41" && c.Dns.MonitorPath == "/hades/monitor/status/"
		}},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			data, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Parse(c.file, data); err == nil || !strings.Contains(err.Error(), "-convert-config "+c.file) {
				t.Errorf("not recognised: %v", err)
			}
			converted, err := Convert(c.file, data)
			if err != nil {
				t.Fatal(err)
			}
			config, err := Parse("converted", converted)
			if err != nil {
				t.Fatalf("%v\n%s", err, converted)
			}
			if !c.holds(config) {
				t.Errorf("it means something else now:\n%s", converted)
			}
		})
	}
}

// TestConvertAgents verifies that the ancestor's samples for its scanner and its
// scheduler become TOML with the same values.
func TestConvertAgents(t *testing.T) {
	cases := []struct {
		file string
		want map[string]any
	}{
		{"testdata/scanner.conf", map[string]any{
			"General": map[string]any{"core": int64(0), "enable-check": true, "hostname": "hostname1", "log-dir": "/export/log/skydns", "log-level": int64(0), "heartbeat-interval": int64(30)},
			"Check": map[string]any{"check-timeout": int64(2), "check-interval": int64(10), "scann-ports": "22, 80, 8080", "enable-icmp": true,
				"ping-timeout": int64(1000), "ping-count": int64(2)},
			"Etcd": map[string]any{"etcd-machine": "http://127.0.0.1:2379", "tls-key": "", "tls-pem": "", "ca-cert": "",
				"status-path": "/skydns/monitor/status", "report-path": "/skydns/monitor/report", "heart-path": "/skydns/monitor/heart"},
		}},
		{"testdata/schedule.conf", map[string]any{
			"General": map[string]any{"schedule-interval": int64(60), "agent-downtime": int64(60), "log-dir": "/export/log/skydns", "log-level": int64(0),
				"hostname": "hostname1", "force-lock-time": int64(1800)},
			"Etcd": map[string]any{"etcd-machine": "http://127.0.0.1:2379", "status-path": "/skydns/monitor/status", "report-path": "/skydns/monitor/report",
				"heart-path": "/skydns/monitor/heart", "lock-path": "/skydns/monitor/lock"},
		}},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			data, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			converted, err := Convert(c.file, data)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if _, err := toml.Decode(string(converted), &got); err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v\n%s", err, converted)
			}
		})
	}
}

func TestConvertErrors(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"unknown key", "[Dns]\nx = y", "f:2: [Dns] x: no such key"},
		{"bad switch", "[Fun]\nhone-one = MAYBE", "f:2: [Fun] hone-one: want YES or NO"},
		{"a key of the scanner's that is wrong", "[General]\nheartbeat-interval = 3\n[Check]\nping-count = x", "f:4: [Check] ping-count: want a number"},
		{"a key of one kind in another", "[General]\nheartbeat-interval = 3\n[Dns]\ndns-domain = a.", "f:4: [Dns] dns-domain: no such key"},
		{"a key before all sections", "# x\ndns-domain = a.", "f:2: [] dns-domain: no such key"},
		{"a section twice", "[Fun]\n[Dns]\n[Fun]", "f:3: [Fun]: stands twice"},
		{"a key twice", "[Dns]\ndns-domain = a.\nDns-domain = b.", "f:3: [Dns] Dns-domain: stands twice"},
		{"a level below all", "[Log]\nlog-level = -1", "f:2: [Log] log-level: want a number"},
		{"neither section nor key", "[Fun]\n!", "f:2: neither"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Convert("f", []byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}
