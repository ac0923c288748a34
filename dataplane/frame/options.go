package frame

import "unsafe"

// Options of IPv4 (RFC 791 section 3.1).
const (
	optionEnd         = 0
	optionNothing     = 1
	optionLooseSource = 131
	optionSource      = 137
)

// judgeOptions looks at the n octets of IPv4 options at p, all of which may be
// ignored but the two by which a sender chooses the way (RFC 7126 section 4.3).
func judgeOptions(p unsafe.Pointer, n int) Verdict {
	o := unsafe.Slice((*byte)(p), n)
	for len(o) > 0 {
		switch o[0] {
		case optionEnd:
			return Query
		case optionNothing:
			o = o[1:]
			continue
		case optionLooseSource, optionSource:
			return NotDNS
		}
		if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
			return BadLength
		}
		o = o[o[1]:]
	}
	return Query
}
