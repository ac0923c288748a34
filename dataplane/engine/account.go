package engine

import "math/bits"

// limits is the accounts of all networks that have asked lately: a table of
// fixed size, in which the newest take the places of the oldest. A network's
// account is in one cache line.
type limits struct {
	queries, replies uint32
	slip             int
	bits4, bits6     int
	exempt           networks
	seed             uint64
	lines            [limitLines][4]account
}

const (
	limitBits  = 14
	limitLines = 1 << limitBits // 1 MiB
)

// account is what a network may still ask. Each query costs perQuery, and
// each millisecond brings as much as the rate is.
type account struct {
	tag     uint32 // of the network's hash; 0: free
	last    uint32 // when it was brought up to date, in milliseconds
	queries uint32
	replies uint32
}

const perQuery = 1000

// maxRate is the most queries or replies a second that can be told from no
// limit.
const maxRate = 1_000_000

func newLimits(c Limits, seed uint64) *limits {
	if c.Queries <= 0 && c.Replies <= 0 {
		return nil
	}
	l := &limits{queries: rate(c.Queries), replies: rate(c.Replies), slip: c.Slip,
		bits4: 24, bits6: 56, exempt: newNetworks(c.Exempt), seed: seed}
	if c.IPv4 > 0 {
		l.bits4 = min(c.IPv4, 32)
	}
	if c.IPv6 > 0 {
		l.bits6 = min(c.IPv6, 128)
	}
	return l
}

func rate(n int) uint32 { return uint32(max(0, min(n, maxRate))) }

// take charges the client's network for a query and its reply. It reports
// what of both is within the limits.
func (l *limits) take(c Client, now uint32) (queries, replies bool) {
	if c.is4() {
		c = c.mask(96 + l.bits4)
	} else {
		c = c.mask(l.bits6)
	}
	hi, lo := bits.Mul64(c.Hi^l.seed, 0x9e3779b97f4a7c15)
	hi, lo = bits.Mul64(hi^lo^c.Lo, 0xa0761d6478bd642f)
	hash := hi ^ lo
	a := l.account(&l.lines[hash>>(64-limitBits)], uint32(hash)|1, now)
	elapsed := min(a.since(now), 1000)
	a.last = now
	queries = charge(&a.queries, l.queries, elapsed)
	if queries {
		replies = charge(&a.replies, l.replies, elapsed)
	} else {
		refill(&a.replies, l.replies, elapsed)
	}
	return queries, replies
}

// since is the time since the account was brought up to date; 0 where the clock
// was set back meanwhile, which brings nobody a new allowance.
func (a *account) since(now uint32) uint32 { return uint32(max(0, int32(now-a.last))) }

// account finds the account of a tag in its line, or opens it in place of the
// oldest.
func (l *limits) account(line *[4]account, tag, now uint32) *account {
	oldest, age := &line[0], uint32(0)
	for k := range line {
		a := &line[k]
		switch since := a.since(now); {
		case a.tag == tag:
			return a
		case a.tag == 0:
			oldest, age = a, ^uint32(0)
		case since > age:
			oldest, age = a, since
		}
	}
	*oldest = account{tag: tag, last: now, queries: l.queries * perQuery, replies: l.replies * perQuery}
	return oldest
}

// charge brings an account up to date and takes a query from it, if there is
// one left. A rate of 0 is no limit.
func charge(left *uint32, rate, elapsed uint32) bool {
	if rate == 0 {
		return true
	}
	refill(left, rate, elapsed)
	if *left < perQuery {
		return false
	}
	*left -= perQuery
	return true
}

func refill(left *uint32, rate, elapsed uint32) {
	*left = min(*left+rate*elapsed, rate*perQuery)
}
