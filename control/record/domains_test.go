package record

import (
	"errors"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

func TestDomains(t *testing.T) {
	d, err := NewDomains([]string{"skydns.local.", "K8s.skydns.local", "skydns.local", "10.in-addr.arpa"})
	if err != nil || len(d.List()) != 3 {
		t.Fatalf("%d domains, error %v", len(d.List()), err)
	}
	for _, c := range []struct {
		text, name, zone string
	}{
		{"cctv2", "cctv2.skydns.local.", "skydns.local."},
		{"cctv2.skydns.local", "cctv2.skydns.local.", "skydns.local."},
		{"CCTV2.SKYDNS.LOCAL.", "cctv2.skydns.local.", "skydns.local."},
		{"a.k8s.skydns.local", "a.k8s.skydns.local.", "k8s.skydns.local."},
		{"nginx.default", "nginx.default.skydns.local.", "skydns.local."},
		{"skydns.local", "skydns.local.", "skydns.local."},
		{"1.0.0.10.in-addr.arpa", "1.0.0.10.in-addr.arpa.", "10.in-addr.arpa."},
	} {
		t.Run(c.text, func(t *testing.T) {
			name, err := d.Complete(c.text)
			if err != nil || wire.NameString(name) != c.name {
				t.Fatalf("name %q, error %v", name, err)
			}
			if zone := wire.NameString(d.Zone(name)); zone != c.zone {
				t.Errorf("zone %s", zone)
			}
		})
	}
	if _, err := d.Complete("www.example."); !errors.Is(err, ErrNoDomain) {
		t.Errorf("a name elsewhere: %v", err)
	}
	if d.Zone(wireName(t, "notskydns.local")) != nil {
		t.Error("a name elsewhere has a zone")
	}
}

func TestNewDomainsRefuses(t *testing.T) {
	for name, list := range map[string][]string{
		"no domain": nil, "an empty one": {""}, "an empty label": {"a..b"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewDomains(list); err == nil {
				t.Fatal("no error")
			}
		})
	}
}
