package snapshot

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"sync/atomic"
)

// States of an address in the health table.
const (
	healthUp   = 0
	healthDown = 1
)

// address is the index of addr in the directory, where it gets a place if it
// has none. Entries stay until the next generation, which takes over those
// that names refer to and those that are DOWN. The unspecified IPv6 address,
// whose octets mark a free entry, gets an index outside the table: it is UP.
func (t *table) address(addr netip.Addr) (uint32, error) {
	i, known, err := t.findAddress(addr)
	if known || err != nil {
		return i, err
	}
	if uint64(t.addrsUsed) >= t.addrs*3/4 {
		return 0, errFull
	}
	t.addrsUsed++
	hi, lo := addrWords(addr)
	entry := t.addrTable + uint64(i)*addrSize
	t.mem.store64(entry, hi)
	t.mem.store64(entry+8, lo)
	return i, nil
}

// findAddress is the index of addr, or where it would get a place.
func (t *table) findAddress(addr netip.Addr) (index uint32, known bool, err error) {
	hi, lo := addrWords(addr)
	if hi|lo == 0 {
		return uint32(t.addrs), true, nil
	}
	i := addrHash(hi, lo, t.seed) & t.addrMask
	for range t.addrs {
		entry := t.addrTable + i*addrSize
		h, l := t.mem.load64(entry), t.mem.load64(entry+8)
		if h == hi && l == lo || h|l == 0 {
			return uint32(i), h|l != 0, nil
		}
		i = (i + 1) & t.addrMask
	}
	return 0, false, errFull
}

// setHealth stores the state of an address: one word, whatever the number of
// names that refer to it. An address that is not known is UP without a place.
func (t *table) setHealth(addr netip.Addr, state uint32) error {
	i, known, err := t.findAddress(addr)
	if err == nil && !known && state != healthUp {
		i, err = t.address(addr)
	} else if !known {
		return nil
	}
	if err != nil || uint64(i) >= t.addrs {
		return err
	}
	word := t.health + uint64(i)*4
	t.addrsDown += int(state&healthDown) - int(t.mem.load32(word)&healthDown)
	t.mem.store32(word, state)
	return nil
}

// eachDown calls f with every address that is DOWN.
func (t *table) eachDown(f func(addr netip.Addr) error) error {
	return t.downIn(0, t.addrs, f)
}

// downIn is eachDown for the entries from one index to before another.
func (t *table) downIn(from, to uint64, f func(addr netip.Addr) error) error {
	for i := from; i < to; i++ {
		if t.mem.load32(t.health+i*4) != healthDown {
			continue
		}
		var b [16]byte
		binary.LittleEndian.PutUint64(b[:], t.mem.load64(t.addrTable+i*addrSize))
		binary.LittleEndian.PutUint64(b[8:], t.mem.load64(t.addrTable+i*addrSize+8))
		if err := f(netip.AddrFrom16(b).Unmap()); err != nil {
			return err
		}
	}
	return nil
}

// addrsLive is at most how many addresses names refer to or are DOWN: the
// directory keeps others until the next generation.
func (t *table) addrsLive() int { return min(t.addrsUsed, t.addrRefs+t.addrsDown) }

// AllUp reports whether all addresses with these indexes may be given to
// clients.
func (v *View) AllUp(indexes []uint32) bool {
	states := v.mem.words32(v.health, v.addrs)
	for _, i := range indexes {
		if uint64(i) < uint64(len(states)) && atomic.LoadUint32(&states[i]) != healthUp {
			return false
		}
	}
	return true
}

// addrWords is an address as two words, IPv4 in its mapped form.
func addrWords(addr netip.Addr) (hi, lo uint64) {
	b := addr.As16()
	return binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
}

func addrHash(hi, lo, seed uint64) uint64 {
	h, l := bits.Mul64(hi^seed, 0x9e3779b97f4a7c15)
	h, l = bits.Mul64(h^l^lo, 0xa0761d6478bd642f)
	return h ^ l
}
