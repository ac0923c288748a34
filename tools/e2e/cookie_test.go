package e2e

import (
	"errors"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// clientCookie is the client's part of a cookie (RFC 7873 section 4).
const clientCookie = "2464c4abcf10c957"

// showCookie shows a server a cookie without asking anything (RFC 7873
// section 5.4). It returns the rcode, and the cookie of the reply.
func showCookie(server, cookie string) (int, string, error) {
	q := &dns.Msg{MsgHdr: dns.MsgHdr{Id: dns.Id()}}
	q.SetEdns0(1232, false)
	q.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: cookie}}
	client := dns.Client{Timeout: replyTimeout}
	m, _, err := client.Exchange(q, server)
	if err != nil {
		return 0, "", err
	}
	if o := m.IsEdns0(); o != nil && len(o.Option) == 1 {
		if c, ok := o.Option[0].(*dns.EDNS0_COOKIE); ok {
			return m.Rcode, c.Cookie, nil
		}
	}
	return m.Rcode, "", errors.New("no cookie in the reply")
}

// learnCookie waits until a server gives cookies, and takes one.
func learnCookie(t *testing.T, server string) (cookie string) {
	t.Helper()
	lab.Eventually(t, "learn a cookie", func() (err error) {
		_, cookie, err = showCookie(server, clientCookie)
		return err
	})
	return cookie
}

// TestCookiesAreGoodAtEveryNode verifies that nodes share the secrets of
// cookies through etcd: one's cookie is good at the other, and after restarts.
func TestCookiesAreGoodAtEveryNode(t *testing.T) {
	etcd := lab.StartEtcd(t)
	first, second := lab.StartNode(t, etcd.URL, ""), lab.StartNode(t, etcd.URL, "")
	cookie := learnCookie(t, first.DNS)
	good := func(what, server string) {
		t.Helper()
		learnCookie(t, server)
		rcode, again, err := showCookie(server, cookie)
		if err != nil || rcode != dns.RcodeSuccess || again != cookie {
			t.Errorf("%s: rcode %d, cookie %s, %v; want %s", what, rcode, again, err, cookie)
		}
	}
	good("the same node", first.DNS)
	good("the other node", second.DNS)
	changed := []byte(cookie)
	if changed[47]++; cookie[47] == '9' || cookie[47] == 'f' {
		changed[47] = '0'
	}
	if rcode, _, err := showCookie(second.DNS, string(changed)); err != nil || rcode != dns.RcodeBadCookie {
		t.Errorf("a changed cookie: rcode %d, %v; want BADCOOKIE", rcode, err)
	}
	for _, p := range []*lab.Process{second.Control, second.Dataplane} {
		p.Kill(t)
	}
	second.StartDataplane(t)
	good("without control", second.DNS)
	second.StartControl(t)
	second.WaitReady(t)
	good("after restarts", second.DNS)
}
