package frame

import "unsafe"

// Protocols besides UDP whose checksums Linux leaves to devices, and where the
// checksum stands in their headers.
const (
	protoTCP = 6
	sumInTCP = 16
	sumInUDP = 6
)

// Finish completes the checksum of TCP or UDP in a frame in which Linux left
// it to the device, so that it is only the pseudo-header's sum: such a frame
// never was on a wire, and the kernel would not take it back as if it had been.
// It leaves all other frames as they are.
func Finish(f []byte) {
	if len(f) < etherLen {
		return
	}
	p := unsafe.Pointer(unsafe.SliceData(f))
	l3, kind := link(p, len(f))
	d := f[l3:]
	switch {
	case kind == typeIPv4 && len(d) >= ip4Len:
		h := unsafe.Add(p, l3)
		ihl, total := int(d[0]&15)*4, int(d[2])<<8|int(d[3])
		if ihl >= ip4Len && total >= ihl && total <= len(d) && load16(h, 6)&notWhole4 == 0 {
			finish(d[:total], ihl, d[9], load64(h, 12))
		}
	case kind == typeIPv6 && len(d) >= ip6Len:
		h := unsafe.Add(p, l3)
		if payload := int(d[4])<<8 | int(d[5]); ip6Len+payload <= len(d) {
			finish(d[:ip6Len+payload], ip6Len, d[6], plus(loadAddress(h, 8).sum(), loadAddress(h, 24).sum()))
		}
	}
}

// finish completes the checksum of the segment at octet at of datagram d.
// addresses is the sum of the datagram's.
func finish(d []byte, at int, proto uint8, addresses uint64) {
	off := sumInTCP
	switch proto {
	case protoTCP:
	case protoUDP:
		off = sumInUDP
	default:
		return
	}
	s, n := d[at:], len(d)-at
	if n < off+2 {
		return
	}
	p := unsafe.Pointer(unsafe.SliceData(s))
	tail := pseudoTail(n) - protoUDP<<8 + uint64(proto)<<8
	if load16(p, off) != fold(plus(addresses, tail)) {
		return
	}
	// The pseudo-header's sum is in the segment: all of it is summed but that.
	c := ^fold(sum(0, p, n))
	if c == 0 && proto == protoUDP {
		c = 0xffff
	}
	s[off], s[off+1] = byte(c), byte(c>>8)
}
