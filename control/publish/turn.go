package publish

import (
	"sync/atomic"
	"time"
)

// began is what turns are counted from: a monotonic clock, which an atomic word
// can hold.
var began = time.Now()

// turn is when Run last got on, within long work too.
type turn struct{ at atomic.Int64 }

func (t *turn) take() { t.at.Store(max(1, int64(time.Since(began)))) }

// Standstill is how long Run has not got on; 0 before it runs. While there is
// nothing to do Run gets on ten times a second. Any goroutine may ask.
func (p *Publisher) Standstill() time.Duration {
	at := p.turn.at.Load()
	if at == 0 {
		return 0
	}
	return time.Since(began) - time.Duration(at)
}
