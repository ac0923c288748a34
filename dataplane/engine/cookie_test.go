package engine

import (
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

func secretOf(t testing.TB, text string) (s [2]uint64) {
	t.Helper()
	if text == "" {
		return s
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		t.Fatal(text, err)
	}
	return [2]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

// Secrets of RFC 9018 appendix A.
const (
	rfcSecret  = "e5e973e5a6b2a43f48e7dc849e37bfcf"
	rfcOld     = "dd3bdf9344b678b185a6f5cb60fca715"
	rfcNew     = "445536bcd2513298075a5d379663c962"
	rfcClient  = "2464c4abcf10c957"
	rfcRenewed = rfcClient + "010000005cf7a871d4a564a1442aca77"
)

// cookieLab serves the example zone with cookies.
func cookieLab(t testing.TB, c Config) *lab {
	c.Cookies = true
	l := newLab(t, c)
	l.load(exampleZone)
	l.writer.SetCookieSecrets(snapshot.CookieSecrets{Sign: secretOf(t, rfcSecret)})
	return l
}

// withCookie is a query that has a COOKIE option.
func withCookie(cookie string) *dns.Msg {
	m := new(dns.Msg)
	m.SetQuestion("www.example.", dns.TypeA)
	m.SetEdns0(1232, false)
	o := m.IsEdns0()
	o.Option = append(o.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: cookie})
	return m
}

// cookieIn is the cookie of a reply; "" if it has none.
func cookieIn(m *dns.Msg) string {
	if o := m.IsEdns0(); o != nil {
		for _, opt := range o.Option {
			if c, ok := opt.(*dns.EDNS0_COOKIE); ok {
				return c.Cookie
			}
		}
	}
	return ""
}

func TestCookiesOfRFC9018(t *testing.T) {
	tests := []struct {
		name         string
		client       string
		sign, accept string
		now          uint64
		query, reply string
	}{
		{"A.1 learning a new server cookie", "198.51.100.100", rfcSecret, "", 1559731985,
			rfcClient, rfcClient + "010000005cf79f111f8130c3eee29480"},
		{"A.2 the same client learning a renewed one", "198.51.100.100", rfcSecret, "", 1559734385,
			rfcClient + "010000005cf79f111f8130c3eee29480", rfcRenewed},
		{"A.3 another client learning a renewed one", "203.0.113.203", rfcSecret, "", 1559734700,
			"fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"},
		{"A.4 IPv6 with a secret that was rolled over", "2001:db8:220:1:59de:d0f4:8769:82b8", rfcNew, rfcOld, 1559741961,
			"22681ab97d52c298010000005cf7c57926556bd0934c72f8", "22681ab97d52c298010000005cf7c609a6bb79d16625507a"},
		{"one that is new enough is repeated", "198.51.100.100", rfcSecret, "", 1559734385 + 1800,
			rfcRenewed, rfcRenewed},
	}
	l := cookieLab(t, Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.writer.SetCookieSecrets(snapshot.CookieSecrets{Sign: secretOf(t, tt.sign), Accept: secretOf(t, tt.accept)})
			l.batch.Client[0], l.batch.Now = clientOf(tt.client), tt.now*1000
			m := l.exchange(withCookie(tt.query), 1232)
			if got := cookieIn(m); got != tt.reply || m.Rcode != 0 || len(m.Answer) != 1 {
				t.Errorf("cookie %s, want %s\n%v", got, tt.reply, m)
			}
		})
	}
}

func TestCookieStates(t *testing.T) {
	const made = 0x5cf7a871 // of rfcRenewed
	tests := []struct {
		name   string
		client string
		now    uint64
		cookie string
		want   cookieState
	}{
		{"client's part alone", "198.51.100.100", made, rfcClient, clientCookie},
		{"good", "198.51.100.100", made, rfcRenewed, goodCookie},
		{"made by a clock four minutes ahead", "198.51.100.100", made - 240, rfcRenewed, goodCookie},
		{"made by a clock six minutes ahead", "198.51.100.100", made - 360, rfcRenewed, badCookie},
		{"older than half an hour", "198.51.100.100", made + 1801, rfcRenewed, staleCookie},
		{"older than an hour", "198.51.100.100", made + 3601, rfcRenewed, badCookie},
		{"of another client", "198.51.100.101", made, rfcRenewed, badCookie},
		{"of another version", "198.51.100.100", made, rfcClient + "020000005cf7a871d4a564a1442aca77", badCookie},
		{"changed", "198.51.100.100", made, rfcClient + "010000005cf7a871d4a564a1442aca78", badCookie},
		{"server's part of 8 octets", "198.51.100.100", made, rfcClient + "0100000000000000", badCookie},
		{"server's part of 32 octets", "198.51.100.100", made, rfcRenewed + "00000000000000000000000000000000", badCookie},
	}
	l := cookieLab(t, Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.batch.Client[0], l.batch.Now = clientOf(tt.client), tt.now*1000
			m := l.exchange(withCookie(tt.cookie), 1232)
			if got := l.batch.options[0].cookieState; got != tt.want {
				t.Errorf("state %d, want %d", got, tt.want)
			}
			got := cookieIn(m)
			if len(got) != 48 || got[:16] != rfcClient || (got == rfcRenewed) != (tt.want == goodCookie || tt.now == made && tt.client == "198.51.100.100") {
				t.Errorf("cookie %s in reply to %s", got, tt.cookie)
			}
			if m.Rcode != 0 || len(m.Answer) != 1 { // RFC 7873 section 5.2.3: answered all the same
				t.Errorf("got %v", m)
			}
		})
	}
}

func TestMalformedCookies(t *testing.T) {
	l := cookieLab(t, Config{})
	for _, cookie := range []string{"", "00", "00000000000000", rfcClient + "00", rfcClient + "00000000000000",
		rfcRenewed + "0000000000000000000000000000000000"} {
		m := l.exchange(withCookie(cookie), 1232)
		if m.Rcode != dns.RcodeFormatError || m.IsEdns0() == nil || cookieIn(m) != "" {
			t.Errorf("cookie %q: %v", cookie, m)
		}
	}
}

// TestCookieAlone verifies queries without a question (RFC 7873 section 5.4).
func TestCookieAlone(t *testing.T) {
	tests := []struct {
		name, cookie string
		rcode        int
		has          bool
	}{
		{"client's part", rfcClient, dns.RcodeSuccess, true},
		{"good", rfcRenewed, dns.RcodeSuccess, true},
		{"not ours", rfcClient + "010000005cf7a871d4a564a1442aca78", dns.RcodeBadCookie, true},
		{"malformed", "00", dns.RcodeFormatError, false},
	}
	l := cookieLab(t, Config{})
	l.batch.Client[0], l.batch.Now = clientOf("198.51.100.100"), 0x5cf7a871*1000
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := withCookie(tt.cookie)
			q.Question = nil
			m := l.exchange(q, 1232)
			if m.Rcode != tt.rcode || len(m.Question)+len(m.Answer)+len(m.Ns) != 0 || (cookieIn(m) == rfcRenewed) != tt.has {
				t.Errorf("got %v", m)
			}
		})
	}
}

func TestCookieInEveryReply(t *testing.T) {
	l := cookieLab(t, Config{})
	for _, name := range []string{"www.example.", "none.example.", "two.example.", "www.elsewhere.", "x.sub.example.", "chain1.example."} {
		for _, qtype := range []uint16{dns.TypeA, dns.TypeMX, dns.TypeANY, dns.TypeAXFR, dns.TypeTSIG} {
			q := withCookie(rfcClient)
			q.Question[0] = dns.Question{Name: name, Qtype: qtype, Qclass: dns.ClassINET}
			if m := l.exchange(q, 1232); len(cookieIn(m)) != 48 {
				t.Errorf("%s %s: %v", name, dns.TypeToString[qtype], m)
			}
		}
	}
}

func TestNoCookies(t *testing.T) {
	off := newLab(t, Config{})
	off.load(exampleZone)
	off.writer.SetCookieSecrets(snapshot.CookieSecrets{Sign: secretOf(t, rfcSecret)})
	without := newLab(t, Config{Cookies: true})
	without.load(exampleZone)
	for name, l := range map[string]*lab{"switched off": off, "without secrets": without} {
		for _, cookie := range []string{rfcClient, "00"} {
			if m := l.exchange(withCookie(cookie), 1232); m.Rcode != 0 || len(m.Answer) != 1 || cookieIn(m) != "" {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
}
