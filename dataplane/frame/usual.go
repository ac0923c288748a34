package frame

import (
	"math/bits"
	"unsafe"

	"golang.org/x/sys/cpu"
)

const (
	// UsualStart is where the message begins in a frame of the usual shape.
	UsualStart = etherLen + ip4Len + udpLen

	// UsualLink is the octets of its Ethernet header.
	UsualLink = etherLen

	// UsualMost is the most octets of a message that ReplyUsual takes.
	UsualMost = usualMost
	usualMost = 96

	noAddress = 1 << 32 // Local.first4 where no IPv4 address is ours
)

// UsualClient is Found.Lo of a frame of the usual shape; Found.Hi is 0.
func UsualClient(data unsafe.Pointer) uint64 {
	return 0xffff<<32 | uint64(bits.ReverseBytes32(load32(data, etherLen+12)))
}

// hasAVX2 says whether frames of the usual shape have a way of their own.
var hasAVX2 = cpu.X86.HasAVX2
