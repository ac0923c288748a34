package frame

import "unsafe"

// What stands at keep[usualMost-n] masks all octets of usualMost but the first n.
//
//lint:ignore U1000 usual_amd64.s reads it
var keep = func() (k [2 * usualMost]byte) {
	for i := range usualMost {
		k[i] = 0xff
	}
	return k
}()

// swapMAC is where the first 16 octets of a reply's frame come from.
//
//lint:ignore U1000 usual_amd64.s reads it
var swapMAC = [16]byte{6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15}

// ParseUsual looks at a burst for the frames of the most usual shape: IPv4
// without a VLAN tag and options, to the first of our addresses, from a port
// above 255, complete, its checksums right, with a message of up to 96 octets at UsualStart. It
// puts the messages' lengths into size, and 0 for all other frames: these are
// for Parse. data is where the frames begin, length their octets, and room
// the octets from there on that may be read.
func (l *Local) ParseUsual(data []unsafe.Pointer, length, room, size []uint16) {
	n := len(data)
	length, room, size = length[:n], room[:n], size[:n]
	if !hasAVX2 || l.first4 == noAddress {
		clear(size)
		return
	}
	if n == 0 {
		return
	}
	parseUsual(unsafe.SliceData(data), unsafe.SliceData(length), unsafe.SliceData(room), unsafe.SliceData(size), n, l.first4, uint64(l.port), l.mac, l.macMask)
	if len(l.v4) > 1 {
		l.leaveOwn(data, size)
	}
}

// leaveOwn leaves to Parse the frames that claim to come from an address of
// ours: parseUsual knows the first alone.
func (l *Local) leaveOwn(data []unsafe.Pointer, size []uint16) {
	for i, p := range data {
		if size[i] != 0 && l.has4(load32(p, etherLen+12)) {
			size[i] = 0
		}
	}
}

// ReplyUsual turns frames that ParseUsual took into their replies, as Reply
// does, with all checksums computed: those for which size is not 0, of that
// many octets of message, 96 at the most. It puts the frames' octets into
// length.
func ReplyUsual(data []unsafe.Pointer, size, length []uint16) {
	n := len(data)
	size, length = size[:n], length[:n]
	if n > 0 && hasAVX2 {
		replyUsual(unsafe.SliceData(data), unsafe.SliceData(size), unsafe.SliceData(length), n)
	}
}

// parseUsual and replyUsual sum 96 octets at once and branch on nothing that
// differs between usual queries: together a third of what Parse and Reply take
// (BenchmarkUsual).
//
//go:noescape
func parseUsual(data *unsafe.Pointer, length, room, size *uint16, n int, addr, port, mac, macMask uint64)

//go:noescape
func replyUsual(data *unsafe.Pointer, size, length *uint16, n int)
