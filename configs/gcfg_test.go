package configs

import (
	"os"
	"strings"
	"testing"
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

func TestConvertErrors(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"unknown key", "[Dns]\nx = y", "f:2: [Dns] x: no such key"},
		{"bad switch", "[Fun]\nhone-one = MAYBE", "f:2: [Fun] hone-one: want YES or NO"},
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
