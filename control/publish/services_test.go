package publish

import (
	"fmt"
	"slices"
	"testing"
)

// TestServices verifies what names answer of records that SkyDNS, CoreDNS's
// etcd plugin and ExternalDNS write and read.
func TestServices(t *testing.T) {
	const zone = "/skydns/local/skydns/"
	for _, c := range []struct {
		name  string
		lines []string
		want  map[string][]string // by name in skydns.local.
	}{
		{"all below a name, but for the apex", []string{zone + `prod/web/a {"host":"10.0.0.1"}`, zone + `prod/db {"host":"10.0.0.2"}`},
			map[string][]string{"a.web.prod": {"A 30 10.0.0.1"}, "web.prod": {"A 30 10.0.0.1"},
				"prod": {"A 30 10.0.0.1", "A 30 10.0.0.2"}, "": {apexNS, apexSOA}}},
		{"records of ours below a name do not count for it", []string{zone + `prod/web/rr-0000000000001 {"type":"A","host":"10.0.0.1"}`,
			zone + `prod/x {"host":"10.0.0.2"}`},
			map[string][]string{"web.prod": {"A 30 10.0.0.1"}, "prod": {"A 30 10.0.0.2"}}},
		{"a name that only starts alike", []string{zone + `web/a {"host":"10.0.0.1"}`, zone + `web-2/a {"host":"10.0.0.2"}`},
			map[string][]string{"web": {"A 30 10.0.0.1"}, "web-2": {"A 30 10.0.0.2"}}},
		{"a slash at the end", []string{zone + `web/a/ {"host":"10.0.0.1"}`, zone + `web/ {"host":"10.0.0.2"}`},
			map[string][]string{"web": {"A 30 10.0.0.1", "A 30 10.0.0.2"}, "a.web": {"A 30 10.0.0.1"}}},
		{"the same name written in two ways", []string{zone + `web/a {"host":"10.0.0.1"}`, zone + `Web/A {"host":"10.0.0.2"}`},
			map[string][]string{"a.web": {"A 30 10.0.0.1", "A 30 10.0.0.2"}}},
		{"weights as shares", []string{zone + `s/a {"host":"10.0.0.1","port":80,"weight":10}`, zone + `s/b {"host":"b.","port":80,"weight":30}`,
			zone + `s/c {"host":"c.","port":80,"priority":20}`},
			map[string][]string{
				"s":   {"A 30 10.0.0.1", "SRV 30 10 25 80 a.s.skydns.local.", "SRV 30 10 75 80 b.", "SRV 30 20 100 80 c."},
				"a.s": {"A 30 10.0.0.1", "SRV 30 10 100 80 a.s.skydns.local."},
				"b.s": {"SRV 30 10 100 80 b."}}},
		{"a share below one", []string{zone + `s/a {"host":"a.","port":80,"weight":1}`, zone + `s/b {"host":"b.","port":80,"weight":60000}`},
			map[string][]string{"s": {"SRV 30 10 1 80 a.", "SRV 30 10 99 80 b."}}},
		{"a target once", []string{zone + `s/a {"host":"10.0.0.1","port":80,"targetstrip":1}`, zone + `s/b {"host":"10.0.0.2","port":80,"targetstrip":1}`},
			map[string][]string{"s": {"A 30 10.0.0.1", "A 30 10.0.0.2", "SRV 30 10 50 80 s.skydns.local."}}},
		{"a group", []string{zone + `g/a {"host":"10.0.0.1","group":"g1"}`, zone + `g/b/c {"host":"10.0.0.2","group":"g2"}`, zone + `g/d {"host":"10.0.0.3"}`},
			map[string][]string{"g": {"A 30 10.0.0.1", "A 30 10.0.0.3"}, "b.g": {"A 30 10.0.0.2"}}},
		{"groups that disagree", []string{zone + `g/a {"host":"10.0.0.1","group":"g1"}`, zone + `g/b {"host":"10.0.0.2","group":"g2"}`},
			map[string][]string{"g": {"A 30 10.0.0.1", "A 30 10.0.0.2"}}},
		{"a shorter key without a group ends the search for one", []string{zone + `g/a/x {"host":"10.0.0.1","group":"g1"}`,
			zone + `g/b {"host":"10.0.0.2"}`, zone + `g/c {"host":"10.0.0.3","group":"g2"}`},
			map[string][]string{"g": {"A 30 10.0.0.1", "A 30 10.0.0.2"}}},
		{"addresses of the apex", []string{zone + `dns/apex/a {"host":"10.0.0.1"}`, zone + `dns/apex/b {"host":"b."}`},
			map[string][]string{"": {"A 30 10.0.0.1", apexNS, apexSOA}}},
		{"name servers", []string{zone + `dns/ns/a {"host":"10.0.0.1","ttl":7}`, zone + `dns/ns/b {"host":"10.0.0.2"}`},
			map[string][]string{"": {"NS 7 a.ns.dns.skydns.local.", "NS 7 b.ns.dns.skydns.local.", apexSOA},
				"ns.dns": {"A 7 10.0.0.1", "A 7 10.0.0.2"}}},
		{"a name server that records of ours state", []string{zone + `dns/ns/a {"host":"10.0.0.1"}`, zone + `rr-0000000000001 {"type":"NS","host":"n."}`},
			map[string][]string{"": {"NS 30 n.", apexSOA}}},
		{"mail of several items", []string{zone + `m/a {"host":"a.","mail":true,"priority":5}`, zone + `m/b {"host":"10.0.0.1","mail":true}`},
			map[string][]string{"m": {"A 30 10.0.0.1", "MX 30 10 b.m.skydns.local.", "MX 30 5 a."}}},
		{"ExternalDNS's items", []string{zone + `app/1a2b3c4d {"host":"10.0.0.1","text":"heritage=external-dns","targetstrip":1,"ttl":60}`},
			map[string][]string{"app": {"A 60 10.0.0.1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := newFixture(t, t.TempDir())
			one.sync(c.lines...)
			byOne := newFixture(t, t.TempDir())
			byOne.sync()
			for _, line := range c.lines {
				byOne.change(line)
			}
			backwards := newFixture(t, t.TempDir())
			backwards.sync()
			lines := slices.Clone(c.lines)
			slices.Reverse(lines)
			backwards.change(lines...)
			for name, want := range c.want {
				for _, f := range []*fixture{one, byOne, backwards} {
					f.TB = t
					f.want(dotted(name), want...)
				}
			}
			for _, line := range c.lines {
				byOne.change(keyOf(line))
			}
			if n := byOne.writer.Stats().Names; n != len(byOne.defaults) {
				t.Errorf("%d names are left, want %d", n, len(byOne.defaults))
			}
			byOne.want("skydns.local.", apexNS, apexSOA)
		})
	}
}

// dotted is a name in skydns.local.
func dotted(name string) string {
	if name == "" {
		return "skydns.local."
	}
	return name + ".skydns.local."
}

func keyOf(line string) string {
	for i := range line {
		if line[i] == ' ' {
			return line[:i]
		}
	}
	return line
}

// TestReverse verifies that a name counts for its whole address and for
// nothing above.
func TestReverse(t *testing.T) {
	f := newFixtureFor(t, t.TempDir(), "in-addr.arpa.")
	f.sync(`/skydns/arpa/in-addr/10/0/0/1 {"host":"a.skydns.local"}`, `/skydns/arpa/in-addr/10/0/0/2/x {"host":"b.skydns.local"}`,
		`/skydns/arpa/in-addr/10/0/0/2/y {"host":"c.skydns.local"}`)
	f.want("1.0.0.10.in-addr.arpa.", "PTR 30 a.skydns.local.")
	f.want("2.0.0.10.in-addr.arpa.", "PTR 30 b.skydns.local.", "PTR 30 c.skydns.local.")
	f.want("0.0.10.in-addr.arpa.")
}

// TestNestedDomains verifies that what lies in one domain of ours does not
// count for the other that it is in.
func TestNestedDomains(t *testing.T) {
	f := newFixtureFor(t, t.TempDir(), "local.", "b.a.local.")
	f.sync(`/skydns/local/a/b/c/x {"host":"10.0.0.1"}`, `/skydns/local/a/z {"host":"10.0.0.2"}`)
	f.want("c.b.a.local.", "A 30 10.0.0.1")
	f.want("a.local.", "A 30 10.0.0.2")
}

// TestManyBelow verifies that of very many records below a name the first
// count, and that the excess is reported once.
func TestManyBelow(t *testing.T) {
	f := newFixture(t, t.TempDir())
	var lines []string
	for i := range maxBelow + 10 {
		lines = append(lines, fmt.Sprintf(`/skydns/local/skydns/n/x%05d {"host":"10.0.%d.%d"}`, i, i>>8, i&255))
	}
	f.sync(lines...)
	count := func() int { return len(f.writer.Get(parse(t, "n.skydns.local."))[0].Data) }
	if n := count(); n != maxBelow {
		t.Errorf("%d addresses, want %d", n, maxBelow)
	}
	f.change(keyOf(lines[0]))
	f.want("x00000.n.skydns.local.")
	if n := count(); n != maxBelow || f.refusedCount("size") != 1 {
		t.Errorf("%d addresses, want %d; %d reports", n, maxBelow, f.refusedCount("size"))
	}
	f.change(lines[:1]...)
	for _, line := range lines[20:] {
		f.change(keyOf(line))
	}
	if n := count(); n != 20 || len(f.report.known) != 0 {
		t.Errorf("%d addresses are left, want 20; %d reports stand", n, len(f.report.known))
	}
}

// TestForeignKeys verifies that what is wrong with keys outside of our domains
// is nobody's business.
func TestForeignKeys(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync(`/skydns/com//x {"host":"10.0.0.1"}`, `/skydns// x`, `/skydns/ x`, `/skydns/com/a\9 x`, `/skydns/local/skydnsx//a x`)
	if len(f.report.known) != 0 {
		t.Errorf("%d keys are reported", len(f.report.known))
	}
	f.change(`/skydns/Local/SkyDNS//x {"host":"10.0.0.1"}`)
	if n := f.refusedCount("key"); n != 1 {
		t.Errorf("%d reports of a bad key in our domain, want 1", n)
	}
}
