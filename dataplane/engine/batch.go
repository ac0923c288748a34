package engine

import "github.com/ipdcode/skydns/dataplane/wire"

// BatchSize is the most queries that one batch holds. More hide no more of
// the memory's latency; fewer hide less (BenchmarkAnswer).
const BatchSize = 64

// Client is a client's address in its 16-octet form (IPv4 as ::ffff:a.b.c.d),
// as two words in network order.
type Client struct{ Hi, Lo uint64 }

// Batch is the queries that go through the stages of the engine together, and
// then their replies. A driver owns it between turns and fills N and the
// first N of Msg and Client; the engine rewrites Msg and fills Verdict.
type Batch struct {
	N int // queries in the batch: [:N] of each array below is valid

	// Msg is first a query and, after Answer, the reply to it, in the same
	// memory: the engine writes up to the slice's capacity. An empty reply
	// means that nothing is to be sent. The memory stays the driver's.
	Msg [BatchSize][]byte

	// Client is who asked.
	Client [BatchSize]Client

	// Stream says that the batch came over TCP: a reply may take the whole of
	// its slice's capacity, up to 65,535 octets.
	Stream bool

	// Now is the time of the turn: milliseconds since 1970.
	Now uint64

	// Verdict is, after Answer, what became of each query.
	Verdict [BatchSize]Verdict

	query   [BatchSize]query
	options [BatchSize]options        // of the queries that have an OPT
	length  [BatchSize]uint8          // of the names that wire.Questions has read; 0 where all is left to parse
	qtype   [BatchSize]uint16         // of these
	hash    [BatchSize]uint64         // of the names asked for
	off     [BatchSize]uint64         // of their buckets, then of their nodes
	found   [BatchSize]uint8          // 1 where the A record that is the whole answer stands behind the question
	name    [BatchSize]wire.LowerName // asked for; not of the queries that take took
}

// query is what parsing finds in a message.
type query struct {
	end     int // offset behind the question
	limit   int // octets that the reply may take, its OPT included
	qtype   uint16
	scanned bool // by wire.Questions: if the name is one, it is in lower case
	do      bool // of the OPT: DNSSEC OK (RFC 3225)
	done    bool // answered or dropped already: nothing to look up

	anyClass bool // class ANY is asked for: no answer is authoritative (RFC 1034 section 3.7.1)
	opt      int  // octets of the reply's OPT, its options included; 0: the query has none
}

// Verdict is what became of a query. Each has a counter.
type Verdict uint8

// Verdicts.
const (
	Answered    Verdict = iota // a positive answer
	NoData                     // the name exists without that type
	NXDomain                   // the name does not exist
	Referral                   // the name lies below a zone cut
	Refused                    // not in a zone of ours, or not for everyone
	ServFail                   // no complete snapshot, or a damaged one
	FormErr                    // the query is not well formed
	NotImp                     // an opcode that is not served
	BadVers                    // an EDNS version other than 0
	Truncated                  // the answer did not fit: TC set
	Ignored                    // a response, or too short: dropped
	BadCookie                  // told to come back with the cookie that the reply holds
	QueryLimit                 // the client's network asks too much: dropped, or refused over TCP
	ReplyLimit                 // the client's network gets too many replies: dropped
	Slipped                    // likewise, but sent an empty reply with TC
	NumVerdicts                // how many verdicts there are
)

var verdictNames = [NumVerdicts]string{"answered", "nodata", "nxdomain", "referral", "refused",
	"servfail", "formerr", "notimp", "badvers", "truncated", "ignored",
	"badcookie", "query-limit", "reply-limit", "slipped"}

// String is the verdict's name in metrics.
func (v Verdict) String() string {
	if v < NumVerdicts {
		return verdictNames[v]
	}
	return "unknown"
}
