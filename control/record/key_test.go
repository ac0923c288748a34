package record

import (
	"errors"
	"testing"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// wireName is a name in wire form, for tests.
func wireName(t testing.TB, text string) []byte {
	t.Helper()
	name, err := wire.ParseName(text)
	if err != nil {
		t.Fatalf("name %q: %v", text, err)
	}
	return name
}

func TestNameKey(t *testing.T) {
	for name, want := range map[string]string{
		"cctv2.skydns.local.":   "/skydns/local/skydns/cctv2/",
		"CCTV2.Skydns.Local":    "/skydns/local/skydns/cctv2/",
		`a/b.skydns.local`:      `/skydns/local/skydns/a\047b/`,
		`a\.b.skydns.local`:     `/skydns/local/skydns/a\.b/`,
		`a\000b.local`:          `/skydns/local/a\000b/`,
		"*.skydns.local":        "/skydns/local/skydns/*/",
		"1.0.0.10.in-addr.arpa": "/skydns/arpa/in-addr/10/0/0/1/",
	} {
		t.Run(name, func(t *testing.T) {
			key := NameKey(wireName(t, name))
			if key != want {
				t.Fatalf("key %s, want %s", key, want)
			}
			back, err := KeyName(key)
			if err != nil || string(back) != string(wire.AppendLower(nil, wireName(t, name))) {
				t.Fatalf("back from the key: %q, %v", back, err)
			}
		})
	}
}

func TestKeyNameOfOthersKeys(t *testing.T) {
	for key, want := range map[string]string{
		"/skydns/local/skydns/cctv2":   "cctv2.skydns.local.",
		"/skydns/local/skydns/cctv2/":  "cctv2.skydns.local.",
		"/skydns/local/skydns/cctv2/x": "x.cctv2.skydns.local.",
		"/skydns/local/skydns/a.b":     "a.b.skydns.local.",
		"/skydns/Local/SKYDNS/a":       "a.skydns.local.",
	} {
		t.Run(key, func(t *testing.T) {
			name, err := KeyName(key)
			if err != nil || wire.NameString(name) != want {
				t.Fatalf("name %s, error %v, want %s", wire.NameString(name), err, want)
			}
		})
	}
}

func TestKeyNameRefuses(t *testing.T) {
	for name, key := range map[string]string{
		"another prefix":          "/coredns/local/a",
		"no name":                 "/skydns/",
		"an empty label":          "/skydns/local//a",
		"an empty first label":    "/skydns//local",
		"only slashes":            "/skydns////",
		"a dot for a label":       "/skydns/local/./a",
		"a bad escape":            `/skydns/local/a\9`,
		"a label of 64 octets":    "/skydns/local/0123456789012345678901234567890123456789012345678901234567890123",
		"an empty label in a dot": "/skydns/local/a..b",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := KeyName(key); !errors.Is(err, ErrKey) {
				t.Fatalf("name %q, error %v, want %v", got, err, ErrKey)
			}
		})
	}
}

func TestItemLabel(t *testing.T) {
	a := itemLabel(wire.TypeA, []byte{10, 0, 0, 'A'})
	if b := itemLabel(wire.TypeA, []byte{10, 0, 0, 'a'}); a == b {
		t.Error("two addresses have one label")
	}
	if !IsItem(append([]byte{byte(len(a))}, a...)) {
		t.Errorf("%s is not taken for an item label", a)
	}
	c := itemLabel(wire.TypeCNAME, wireName(t, "TV1.skydns.local"))
	if d := itemLabel(wire.TypeCNAME, wireName(t, "tv1.skydns.local")); c != d {
		t.Error("the case of a target makes two labels")
	}
	if IsItem(wireName(t, "rr-short.local")) || IsItem(wireName(t, "rr-zzzzzzzzzzzzz.local")) {
		t.Error("another label is taken for an item label")
	}
}
