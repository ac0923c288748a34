package api

import (
	"fmt"
	"strings"
	"testing"
)

// TestExportLosesAddressesOfServices verifies that a zone with services by
// address is the same after an export and its import: the addresses are there,
// and so is the status key.
func TestExportLosesAddressesOfServices(t *testing.T) {
	for _, query := range []string{"", "&replace=true"} {
		t.Run("import"+query, func(t *testing.T) {
			f := newFixture(t)
			f.ok("POST", "n", `{"type":"SRV","ips":["10.0.0.1","2001:db8::1"],"ports":[80,81],"priority":1,"weight":2,"ttl":60}`)
			f.ok("POST", "n", `{"ips":["10.0.0.2"],"ttl":60}`)
			f.ok("POST", "*.w", `{"type":"SRV","ips":["10.0.0.3"],"ports":[80],"ttl":60}`)
			records, status := f.keys(f.base()), f.keys(f.monitor)
			zone := f.exportZone(f.domain)
			if code, text := f.importZone(query, strings.ReplaceAll(zone, "D.", f.domain)); code != 200 {
				t.Fatalf("import: %d %s", code, text)
			}
			after := f.keys(f.base())
			for key, value := range records {
				if after[key] != value {
					t.Errorf("%s was %s, is %q", key, value, after[key])
				}
			}
			if got := f.keys(f.monitor); fmt.Sprint(got) != fmt.Sprint(status) {
				t.Errorf("status keys were %v, are %v", status, got)
			}
			if again := f.exportZone(f.domain); again != zone {
				t.Errorf("the second export is\n%s\nthe first\n%s", again, zone)
			}
		})
	}
}

// TestExportLosesAddressesOfForeignServices verifies the same of a record of
// another program with a port, which an import makes ours.
func TestExportLosesAddressesOfForeignServices(t *testing.T) {
	for _, query := range []string{"", "&replace=true"} {
		t.Run("import"+query, func(t *testing.T) {
			f := newFixture(t)
			f.put(f.base()+"/a/x", `{"host":"10.0.0.5","port":443}`)
			zone := f.exportZone(f.domain)
			if code, text := f.importZone(query, strings.ReplaceAll(zone, "D.", f.domain)); code != 200 {
				t.Fatalf("import: %d %s", code, text)
			}
			if got, want := f.get("/skydns/api/x.a"), `{"x.a.D.":{"ips":["10.0.0.5"],"type":"A"}}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got, want := f.get("/skydns/api/a"), `{"a.D.":{"ips":["10.0.0.5"],"more":[{"rdata":["10 0 443 x.a.D."],"type":"SRV"}],"type":"A"}}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if again := f.exportZone(f.domain); again != zone {
				t.Errorf("the second export is\n%s\nthe first\n%s", again, zone)
			}
		})
	}
}

// TestImportMovesAddressOfService verifies that a file which gives the target
// of a service another address, or the service another port, is taken as it
// stands.
func TestImportMovesAddressOfService(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	zone := strings.ReplaceAll(f.exportZone(f.domain), "D.", f.domain)
	for _, edit := range []struct{ from, to string }{{"10.0.0.1", "10.0.0.9"}, {"0 0 80", "0 0 81"}} {
		zone = strings.ReplaceAll(zone, edit.from, edit.to)
		for _, query := range []string{"", "&replace=true"} {
			if code, text := f.importZone(query, zone); code != 200 {
				t.Fatalf("import%s: %d %s", query, code, text)
			}
			if got := f.exportZone(f.domain); got != strings.TrimSpace(f.short(zone)) {
				t.Errorf("import%s of\n%s\ngives\n%s", query, f.short(zone), got)
			}
		}
	}
}
