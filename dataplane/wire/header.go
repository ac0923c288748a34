package wire

import "encoding/binary"

// HeaderLen is the length of a message's header (RFC 1035 section 4.1.1).
const HeaderLen = 12

// Bits of the header's second word, the flags, in network order.
const (
	FlagQR = 1 << 15 // a response
	FlagAA = 1 << 10 // authoritative answer
	FlagTC = 1 << 9  // truncated
	FlagRD = 1 << 8  // recursion desired

	opcodeMask  = 0xf << 11
	opcodeShift = 11
)

// Header is the first 12 octets of a message. The methods read and write the
// message itself; it must be at least HeaderLen long.
type Header []byte

// Flags is the flags word, opcode and rcode included.
func (h Header) Flags() uint16 { return binary.BigEndian.Uint16(h[2:4]) }

// SetFlags writes the flags word.
func (h Header) SetFlags(f uint16) { binary.BigEndian.PutUint16(h[2:4], f) }

// Opcode is the kind of query, 0 for QUERY.
func (h Header) Opcode() int { return int(h.Flags()&opcodeMask) >> opcodeShift }
