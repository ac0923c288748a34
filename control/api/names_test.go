package api

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

func testNames(tb testing.TB) *names {
	tb.Helper()
	domains, err := record.NewDomains([]string{"skydns.local.", "second.example."})
	if err != nil {
		tb.Fatal(err)
	}
	return &names{ours: domains, zones: domains, services: wireName(tb, "svc.skydns.local.")}
}

// FuzzName verifies that every text is a name of ours, in lower case, or is
// refused with a status code of the client's mistakes.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"cctv2", "CCTV2.skydns.local.", "x.default.svc", "a..b", `\000`, ".", "www.example.com."} {
		f.Add(seed)
	}
	n := testNames(f)
	f.Fuzz(func(t *testing.T, text string) {
		name, err := n.changeable(text)
		var refused failure
		if err != nil {
			if !errors.As(err, &refused) || refused.code < 400 || refused.code > 499 {
				t.Errorf("not a client's mistake: %v", err)
			}
			return
		}
		if !wire.ValidName(name) || n.ours.Zone(name) == nil || wire.IsSubdomain(name, n.services) {
			t.Errorf("%q is %x", text, name)
		}
		if again, err := n.changeable(wire.NameString(name)); err != nil || string(again) != string(name) {
			t.Errorf("%q is %x, then %x: %v", text, name, again, err)
		}
	})
}

// FuzzQuery verifies that every query gives a filter or is refused as a
// client's mistake.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"limit=2&after=a&type=A&prefix=b", "limit=x", "type=TYPE65536", "after=a..b", "prefix=%00&limit=%zz", ";"} {
		f.Add(seed)
	}
	n := testNames(f)
	f.Fuzz(func(t *testing.T, raw string) {
		q := (&url.URL{RawQuery: raw}).Query()
		got, err := n.filter(q)
		var refused failure
		if err != nil && (!errors.As(err, &refused) || refused.code != 400 && refused.code != 404) {
			t.Errorf("not a client's mistake: %v", err)
		}
		if err == nil && got.limit < 0 {
			t.Errorf("limit %d", got.limit)
		}
	})
}

// TestNameOfOtherDomainIsMisplaced verifies that a name in a domain that the
// node answers for, and that is not one of the interface's, gets no domain of
// the interface's behind it.
func TestNameOfOtherDomainIsMisplaced(t *testing.T) {
	zones, err := record.NewDomains([]string{"a.local", "b.local"})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := record.NewDomains([]string{"a.local"})
	if err != nil {
		t.Fatal(err)
	}
	n := &names{ours: ours, zones: zones, services: wireName(t, "svc.a.local")}
	for text, want := range map[string]string{"x.b.local": "", "X.B.local.": "", "b.local": "", "x.c.local": "x.c.local.a.local.", "x": "x.a.local."} {
		name, err := n.changeable(text)
		var f failure
		switch {
		case want == "" && (!errors.As(err, &f) || f.code != http.StatusNotFound):
			t.Errorf("%s: %s, %v", text, wire.NameString(name), err)
		case want != "" && (err != nil || wire.NameString(name) != want):
			t.Errorf("%s: %s, %v, want %s", text, wire.NameString(name), err, want)
		}
	}
}
