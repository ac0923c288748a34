package engine

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// limitLab serves the example zone under limits, at the time 1000.
func limitLab(t testing.TB, c Limits) *lab {
	l := cookieLab(t, Config{Limits: c})
	l.batch.Now = 1000
	return l
}

// sent asks n times for www.example., and counts the verdicts.
func (l *lab) sent(n int, q *dns.Msg) (verdicts [NumVerdicts]int) {
	l.t.Helper()
	query, err := q.Pack()
	if err != nil {
		l.t.Fatal(err)
	}
	for range n {
		raw := l.ask(query, 1232)
		v := l.batch.Verdict[0]
		verdicts[v]++
		if dropped := v == QueryLimit && !l.batch.Stream || v == ReplyLimit; dropped != (raw == nil) {
			l.t.Fatalf("%v: reply %x", v, raw)
		}
		if raw != nil {
			checkReply(l.t, query, raw, l.batch.Stream)
		}
	}
	return verdicts
}

func plainQuery() *dns.Msg {
	m := new(dns.Msg)
	m.SetQuestion("www.example.", dns.TypeA)
	return m
}

// TestClockSetBack verifies that a clock that is set back gives nobody a new
// allowance, and that time goes on from there.
func TestClockSetBack(t *testing.T) {
	l := limitLab(t, Limits{Queries: 10})
	l.batch.Now = 1_800_000_000_000
	l.sent(15, plainQuery())
	l.batch.Now -= 3_600_000
	if got := l.sent(1, plainQuery()); got[QueryLimit] != 1 {
		t.Errorf("an hour back: %v", got)
	}
	l.batch.Now += 500
	if got := l.sent(10, plainQuery()); got[Answered] != 5 {
		t.Errorf("half a second later: %v", got)
	}
}

func TestQueryLimit(t *testing.T) {
	l := limitLab(t, Limits{Queries: 10})
	l.batch.Client[0] = clientOf("192.0.2.1")
	if got := l.sent(15, plainQuery()); got[Answered] != 10 || got[QueryLimit] != 5 {
		t.Errorf("a second's worth at once: %v", got)
	}
	l.batch.Client[0] = clientOf("192.0.2.255")
	if got := l.sent(1, plainQuery()); got[QueryLimit] != 1 {
		t.Errorf("the same network: %v", got)
	}
	l.batch.Stream = true
	if got := l.sent(1, plainQuery()); got[QueryLimit] != 1 {
		t.Errorf("over a stream: %v", got)
	}
	l.batch.Stream = false
	l.batch.Client[0] = clientOf("192.0.3.1")
	if got := l.sent(1, plainQuery()); got[Answered] != 1 {
		t.Errorf("another network: %v", got)
	}
	l.batch.Client[0] = clientOf("192.0.2.1")
	l.batch.Now += 500
	if got := l.sent(10, plainQuery()); got[Answered] != 5 {
		t.Errorf("half a second later: %v", got)
	}
	l.batch.Now += 3_600_000
	if got := l.sent(15, plainQuery()); got[Answered] != 10 {
		t.Errorf("an hour later: %v", got)
	}
}

func TestReplyLimit(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		client string
		query  *dns.Msg
		stream bool
		want   map[Verdict]int // of 1000
	}{
		{"nothing beyond it", Limits{Replies: 100}, "192.0.2.1", plainQuery(), false, map[Verdict]int{Answered: 100, ReplyLimit: 900}},
		{"all of it slips", Limits{Replies: 100, Slip: 1}, "192.0.2.1", plainQuery(), false, map[Verdict]int{Answered: 100, Slipped: 900}},
		{"a client that knows cookies gets one", Limits{Replies: 100, Slip: 1}, "192.0.2.1", withCookie(rfcClient), false,
			map[Verdict]int{Answered: 100, BadCookie: 900}},
		{"a valid cookie", Limits{Replies: 100, Queries: 100}, "198.51.100.100", withCookie(rfcRenewed), false, map[Verdict]int{Answered: 1000}},
		{"exempt", Limits{Replies: 100, Queries: 100, Exempt: []Network{networkOf("192.0.2.0/31")}},
			"192.0.2.1", plainQuery(), false, map[Verdict]int{Answered: 1000}},
		{"over a stream", Limits{Replies: 100}, "192.0.2.1", plainQuery(), true, map[Verdict]int{Answered: 1000}},
		{"queries are fewer than replies", Limits{Replies: 100, Queries: 10}, "192.0.2.1", plainQuery(), false,
			map[Verdict]int{Answered: 10, QueryLimit: 990}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := limitLab(t, tt.limits)
			l.batch.Now = 0x5cf7a871 * 1000
			l.batch.Client[0], l.batch.Stream = clientOf(tt.client), tt.stream
			got := l.sent(1000, tt.query)
			for v := range NumVerdicts {
				if got[v] != tt.want[v] {
					t.Errorf("%v: %d, want %d", v, got[v], tt.want[v])
				}
			}
		})
	}
}

func TestSlipIsEmptyWithTC(t *testing.T) {
	l := limitLab(t, Limits{Replies: 1, Slip: 1})
	l.sent(1, plainQuery())
	if m := l.exchange(plainQuery(), 512); !m.Truncated || m.Rcode != 0 || len(m.Answer) != 0 || len(m.Question) != 1 {
		t.Errorf("got %v", m)
	}
	if m := l.exchange(withCookie(rfcClient), 512); m.Rcode != dns.RcodeBadCookie || len(m.Answer) != 0 || len(cookieIn(m)) != 48 {
		t.Errorf("got %v", m)
	}
}

func TestSlipOneInSoMany(t *testing.T) {
	l := limitLab(t, Limits{Replies: 1, Slip: 4})
	if got := l.sent(4001, plainQuery()); got[Slipped] < 800 || got[Slipped] > 1200 || got[Slipped]+got[ReplyLimit] != 4000 {
		t.Errorf("%d of 4000", got[Slipped])
	}
}

func TestLimitedNetworks(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		a, b   string
		same   bool
	}{
		{"IPv4 /24", Limits{}, "192.0.2.1", "192.0.2.254", true},
		{"IPv4 /24, the next", Limits{}, "192.0.2.1", "192.0.3.1", false},
		{"IPv6 /56", Limits{}, "2001:db8::1", "2001:db8:0:ff::1", true},
		{"IPv6 /56, the next", Limits{}, "2001:db8::1", "2001:db8:0:100::1", false},
		{"IPv4 /32", Limits{IPv4: 32}, "192.0.2.1", "192.0.2.2", false},
		{"IPv6 /64", Limits{IPv6: 64}, "2001:db8::1", "2001:db8:0:1::1", false},
		{"IPv4 and IPv6", Limits{}, "0.0.0.0", "::", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.limits.Queries = 1
			l := limitLab(t, tt.limits)
			l.batch.Client[0] = clientOf(tt.a)
			l.sent(1, plainQuery())
			l.batch.Client[0] = clientOf(tt.b)
			if got := l.sent(1, plainQuery()); got[Answered] == 1 == tt.same {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestManyNetworks verifies that networks that ask little are not limited
// whatever number of others ask, and that the busiest stays limited.
func TestManyNetworks(t *testing.T) {
	l := limitLab(t, Limits{Queries: 5})
	query, _ := plainQuery().Pack()
	answered := 0
	for i := range 200_000 {
		l.batch.Client[0] = clientOf(fmt.Sprintf("10.%d.%d.1", i>>8&255, i&255))
		if i%10 == 0 {
			l.batch.Client[0] = clientOf("192.0.2.1")
		}
		if l.batch.Now = 1000 + uint64(i/200); l.ask(query, 512) != nil && i%10 == 0 {
			answered++
		}
		if i%10 != 0 && i < 1<<16 && l.batch.Verdict[0] != Answered {
			t.Fatalf("query %d: %v", i, l.batch.Verdict[0])
		}
	}
	if answered > 100 { // 20,000 queries in a second
		t.Errorf("%d answers to the busiest network", answered)
	}
}

// TestLimitsWithoutSnapshot verifies that what is dropped stays dropped where
// all else is SERVFAIL.
func TestLimitsWithoutSnapshot(t *testing.T) {
	l := newLab(t, Config{Limits: Limits{Queries: 1}})
	for _, q := range []*dns.Msg{plainQuery(), withCookie(rfcClient)} {
		l.batch.Now += 1000
		if got := l.sent(3, q); got[ServFail] != 1 || got[QueryLimit] != 2 {
			t.Errorf("%v", got)
		}
	}
}
