package frame

import "unsafe"

// IPv6 extension headers (RFC 8200 section 4), by their protocol numbers.
const (
	protoHopByHop    = 0
	protoRouting     = 43
	protoFragment    = 44
	protoDestination = 60

	// mostExtension is the octets of extension headers that are looked through.
	// A client has no use for more (RFC 8504 section 5.3).
	mostExtension = 128

	// optionAction are the bits of an option's type that say what a node must
	// do that does not know it: 0 to go on (RFC 8200 section 4.2).
	optionAction = 0xc0

	notWhole6 = 0xf9ff // of a fragment header, as a little-endian load reads it
)

// extensions is the octets of the extension headers that stand, in the payload
// octets behind the IPv6 header at h, before UDP. next is the first one's
// protocol. What asks for more than to be ignored is the kernel's: NotDNS.
func extensions(h unsafe.Pointer, payload int, next uint8) (int, Verdict) {
	headers := unsafe.Slice((*byte)(unsafe.Add(h, ip6Len)), payload)
	at := 0
	for next != protoUDP {
		if !isExtension(next, at) {
			return 0, NotDNS
		}
		if len(headers)-at < 8 {
			return 0, BadLength
		}
		e := headers[at:]
		n := 8 + 8*int(e[1])
		if next == protoFragment {
			n = 8
		}
		if n > len(e) {
			return 0, BadLength
		}
		if at += n; at > mostExtension {
			return 0, NotDNS
		}
		if v := judgeExtension(next, e[:n]); v != Query {
			return 0, v
		}
		next = e[0]
	}
	return at, Query
}

// isExtension reports whether next is an extension header that may be ignored
// at octet at behind the IPv6 header: hop-by-hop options come first or not at all.
func isExtension(next uint8, at int) bool {
	switch next {
	case protoHopByHop:
		return at == 0
	case protoRouting, protoFragment, protoDestination:
		return true
	}
	return false
}

// judgeExtension looks into one whole extension header.
func judgeExtension(kind uint8, e []byte) Verdict {
	switch kind {
	case protoFragment:
		// The only fragment of a datagram is the datagram (RFC 6946 section 4).
		if load16(unsafe.Pointer(unsafe.SliceData(e)), 2)&notWhole6 != 0 {
			return Fragment
		}
	case protoRouting:
		if segmentsLeft := e[3]; segmentsLeft != 0 {
			return NotDNS
		}
	default:
		if !ignorable(e[2:]) {
			return NotDNS
		}
	}
	return Query
}

// ignorable reports whether all options in o may be ignored by who does not
// know them.
func ignorable(o []byte) bool {
	for len(o) > 0 {
		if o[0] == 0 { // Pad1 has no length
			o = o[1:]
			continue
		}
		if o[0]&optionAction != 0 || len(o) < 2 || 2+int(o[1]) > len(o) {
			return false
		}
		o = o[2+int(o[1]):]
	}
	return true
}
