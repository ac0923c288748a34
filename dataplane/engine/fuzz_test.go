package engine

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// fuzzLabs are engines with nothing, and with everything, switched on, one that
// limits what it sends, one of the root zone, and one before the first complete
// snapshot.
func fuzzLabs(f *testing.F) []*lab {
	all := Config{Full: true, Mode: HoneOne, Cookies: true, Identity: "node-1", Version: "skydns", Keepalive: 100,
		SubnetFrom: []Network{networkOf("::/0")}}
	limited := all
	limited.Limits = Limits{Replies: 1, Slip: 2}
	labs := []*lab{newLab(f, Config{}), newLab(f, all), newLab(f, limited)}
	for _, l := range labs {
		l.load(big(60) + "cut. 60 IN SOA ns.cut. host.cut. 1 2 3 4 5\nteam.cut. 60 IN NS ns1.team.cut.\nns1.team.cut. 60 IN A 192.0.2.1\n")
		l.writer.SetCookieSecrets(snapshot.CookieSecrets{Sign: [2]uint64{1, 2}, Accept: [2]uint64{3, 4}})
		l.batch.Now = 1_800_000_000_000
	}
	root := newLab(f, Config{Full: true})
	root.load(". 60 IN SOA ns. host. 1 2 3 4 5\n. 60 IN NS ns.\n. 60 IN NS .\n. 60 IN A 192.0.2.1\n. 60 IN DNAME foo.\nns. 60 IN A 192.0.2.1\n")
	return append(labs, root, newLab(f, all))
}

// FuzzAnswer asks whatever there is: every reply parses, repeats id and
// question, and is no larger than the client allows.
func FuzzAnswer(f *testing.F) {
	f.Add(packed(f, nil), false)
	f.Add(packed(f, withEDNS(1400, nil)), false)
	f.Add(packed(f, func(m *dns.Msg) { m.Question[0].Name = "a.dname.example." }), true)
	for _, name := range []string{"chain1", "loop1", "x.wild", "y.sub", "none", "big", "away"} {
		f.Add(packed(f, func(m *dns.Msg) { m.Question[0].Name = name + ".example." }), false)
	}
	for code, data := range map[uint16]string{optionNSID: "", optionSubnet: "\x00\x01\x18\x00\xc6\x33\x64", optionKeepalive: "",
		optionCookie: "\x24\x64\xc4\xab\xcf\x10\xc9\x57", 12: "\x00\x00"} {
		f.Add(packed(f, withEDNS(1232, func(o *dns.OPT) {
			o.Option = append(o.Option, &dns.EDNS0_LOCAL{Code: code, Data: []byte(data)})
		})), true)
	}
	f.Add(packed(f, func(m *dns.Msg) { m.Question[0] = dns.Question{Name: "version.bind.", Qtype: dns.TypeTXT, Qclass: 3} }), false)
	f.Add(packed(f, func(m *dns.Msg) {
		m.SetEdns0(1232, false)
		m.Question = append(m.Question, m.Question[0])
	}), false)
	labs := fuzzLabs(f)
	f.Fuzz(func(t *testing.T, query []byte, stream bool) {
		if len(query) > 4096 {
			return
		}
		for _, l := range labs {
			l.batch.Stream = stream
			if raw := l.ask(query, 4096); raw != nil {
				checkReply(t, query, raw, stream)
			}
		}
	})
}

// checkReply verifies what holds of every reply, whatever the query is.
func checkReply(t testing.TB, query, raw []byte, stream bool) {
	t.Helper()
	m := new(dns.Msg)
	if err := m.Unpack(raw); err != nil {
		t.Fatalf("reply %x to %x: %v", raw, query, err)
	}
	if !m.Response || !bytes.Equal(raw[:2], query[:2]) || m.Opcode != int(query[2]>>3&15) {
		t.Fatalf("reply %x to %x", raw, query)
	}
	q := new(dns.Msg)
	whole := q.Unpack(query) == nil
	if end := wire.SkipName(query, wire.HeaderLen); binary.BigEndian.Uint16(query[4:]) == 1 && end != 0 && end+4 <= len(query) {
		if binary.BigEndian.Uint16(raw[4:]) != 1 || len(raw) < end+4 || !bytes.Equal(raw[wire.HeaderLen:end+4], query[wire.HeaderLen:end+4]) {
			t.Fatalf("question of %x is not that of %x", raw, query)
		}
	} else if len(m.Question) != 0 {
		t.Fatalf("a question in %x to %x", raw, query)
	}
	limit := plainLimit
	if !whole {
		limit = ourSize // there may be an OPT with options that miekg/dns does not read
	}
	if whole && q.IsEdns0() != nil {
		limit = min(max(limit, int(q.IsEdns0().UDPSize())), ourSize)
		if m.IsEdns0() == nil && isWhole(q, query) {
			t.Fatalf("no OPT in %x to %x", raw, query)
		}
	} else if m.IsEdns0() != nil && m.Rcode == dns.RcodeSuccess && whole {
		t.Fatalf("OPT in %x to %x", raw, query)
	}
	if !stream && len(raw) > limit {
		t.Fatalf("%d octets of reply to %x", len(raw), query)
	}
}

// isWhole reports whether a query, read as q, has its one OPT where it belongs,
// and as many records as it says: miekg/dns takes fewer, and more octets.
func isWhole(q *dns.Msg, query []byte) bool {
	opts := 0
	for k, section := range [][]dns.RR{q.Answer, q.Ns, q.Extra} {
		if len(section) != int(binary.BigEndian.Uint16(query[6+2*k:])) {
			return false
		}
		for _, rr := range section {
			if rr.Header().Rrtype != dns.TypeOPT {
				continue
			}
			if opts++; k < 2 || rr.Header().Name != "." {
				return false
			}
		}
	}
	off := wire.HeaderLen
	for range q.Question {
		off = wire.SkipRecordName(query, off) + 4
	}
	for range len(q.Answer) + len(q.Ns) + len(q.Extra) {
		_, _, off = wire.SkipRecord(query, off)
	}
	return len(q.Question) == int(binary.BigEndian.Uint16(query[4:])) && opts == 1 && off == len(query)
}
