package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// takeRest reads what follows the questions, from off on: nothing, or an OPT,
// or records that do not matter here. It returns Answered if all is well formed.
func (e *Engine) takeRest(v *snapshot.View, b *Batch, i int, counts uint64, off int) Verdict {
	msg := b.Msg[i]
	records := int(counts>>32&0xffff + counts>>16&0xffff + counts&0xffff)
	additional := int(counts & 0xffff)
	opt := 0
	for ; records > 0; records-- {
		typ, _, end := wire.SkipRecord(msg, off)
		if end == 0 {
			return FormErr
		}
		if typ == wire.TypeOPT {
			if opt != 0 || records > additional {
				return FormErr // RFC 6891 section 6.1.1: one OPT, in the additional section
			}
			opt = off
		}
		off = end
	}
	if off != len(msg) {
		return FormErr
	}
	if opt == 0 {
		return Answered
	}
	return e.takeOPT(v, b, i, opt)
}

// takeOPT reads the OPT record at off. The version is looked at before the
// options: those of another version may have another form. What is wrong with
// the record is told with an OPT (RFC 6891 section 7).
func (e *Engine) takeOPT(v *snapshot.View, b *Batch, i, off int) Verdict {
	msg, q := b.Msg[i], &b.query[i]
	opt, ok := wire.ReadOPT(msg, off)
	if !ok {
		return FormErr
	}
	q.opt, q.do = wire.OPTLen, opt.DO
	if !b.Stream {
		q.limit = min(max(plainLimit, int(opt.Size)), e.udpSize, cap(msg))
	}
	if opt.Version != 0 {
		return BadVers
	}
	if !wire.ValidOptions(opt.Options) {
		return FormErr
	}
	size, ok := e.takeOptions(v, b, i, opt.Options)
	if !ok {
		return FormErr
	}
	if q.end+size <= q.limit {
		q.opt = size
	}
	return Answered
}
