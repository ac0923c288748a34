package exception

import "sync/atomic"

// End says why a connection ended, or did not begin. Each reason has a counter.
type End uint8

// Reasons. The first ones are about connections that were, the last ones about
// those that were reset at once.
const (
	ByClient     End = iota // the client closed it
	Broken                  // the client reset it, or is gone
	Idle                    // no whole query for the idle timeout
	Evicted                 // idle longest when there was no room for another
	Stalled                 // the client did not read its replies
	QueryLimit              // as many queries as one connection may have
	ShortMessage            // a length that no DNS message has
	Memory                  // too much waited for slow clients
	Shutdown                // the program ends
	Full                    // no room, and no connection was idle
	PerClient               // as many connections as one client may have
	NoResources             // the system has no memory or file descriptors

	NumEnds // how many reasons there are

	open = NumEnds // it has not ended
)

var endNames = [NumEnds]string{"client", "broken", "idle", "evicted", "stalled", "query-limit",
	"short-message", "memory", "shutdown", "full", "client-limit", "no-resources"}

// String is the reason's name in metrics.
func (e End) String() string {
	if e < NumEnds {
		return endNames[e]
	}
	return "open"
}

// TCPCounters is what became of the connections of one queue. The queue's owner
// writes, anyone may read.
type TCPCounters struct {
	accepted atomic.Uint64
	open     atomic.Int64
	ends     [NumEnds]atomic.Uint64
}

// Accepted is how many connections there have been.
func (t *TCPCounters) Accepted() uint64 { return t.accepted.Load() }

// Open is how many connections there are now.
func (t *TCPCounters) Open() int64 { return t.open.Load() }

// Ended is how many connections ended, or did not begin, for that reason.
func (t *TCPCounters) Ended(why End) uint64 { return t.ends[why].Load() }

func (t *TCPCounters) accept() {
	t.accepted.Add(1)
	t.open.Add(1)
}

func (t *TCPCounters) end(why End) {
	t.open.Add(-1)
	t.add(why)
}

func (t *TCPCounters) add(why End) { t.ends[why].Add(1) }
