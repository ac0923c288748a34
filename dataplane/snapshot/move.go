package snapshot

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// move puts what buckets more buckets of cur hold into next, and a share of the
// DOWN marks. errFull says that they do not fit there.
func (w *Writer) move(buckets uint64) error {
	to := min(w.atAddr+buckets*downOfBucket, w.cur.addrs)
	err := w.cur.downIn(w.atAddr, to, func(addr netip.Addr) error { return w.next.setHealth(addr, healthDown) })
	if err != nil {
		return err
	}
	w.atAddr = to
	for ; buckets > 0 && w.at < w.cur.buckets; buckets-- {
		if err := w.moveBucket(w.at); err != nil {
			return err
		}
		w.at++
	}
	return nil
}

// moved reports whether next holds all that cur does.
func (w *Writer) moved() bool { return w.at == w.cur.buckets && w.atAddr == w.cur.addrs }

// moveBucket puts the names of one bucket into next.
func (w *Writer) moveBucket(bucket uint64) (err error) {
	w.cur.eachIn(bucket, func(n Node, _, _ uint64) bool {
		if n.Flags()&Empty != 0 {
			return true
		}
		if err = w.moveZone(w.cur.zoneOf(n)); err == nil {
			err = w.moveName(n)
		}
		return err == nil
	})
	return err
}

// moveName puts a name of cur into next, with its mark.
func (w *Writer) moveName(n Node) error {
	name := lowerOf(n.Name())
	w.copied = append(w.copied[:0], n.Sets()...)
	_, err := w.next.put(name, n.Flags()&(Apex|Cut|DName), w.copied)
	if errors.Is(err, ErrRdata) {
		return fmt.Errorf("%w: the zone of %s has no sound SOA", ErrDamaged, wire.NameString(n.Name()))
	}
	if err != nil {
		return err
	}
	if moved := w.next.Lookup(name, name.Hash(w.next.seed)); moved != nil {
		w.next.setMark(moved, memory(n).load32(nodeWriterOff)&markBit)
	}
	return nil
}

// moveZone puts the apex of a zone of cur into next, and those of the zones
// around it before. No name gets there before the apex of its zone: an apex
// that comes after names below it takes a walk over the table.
func (w *Writer) moveZone(index uint32) error {
	if uint64(index) >= uint64(len(w.zonesMoved)) || w.zonesMoved[index] {
		return nil
	}
	w.zonesMoved[index] = true
	z := w.cur.Zone(index)
	if z == nil || !wire.ValidName(z.Apex()) {
		return nil
	}
	apex := z.Apex()
	if err := w.moveZone(w.cur.nearestZone(wire.Parent(apex))); err != nil {
		return err
	}
	lower := lowerOf(apex)
	n := w.cur.Lookup(lower, lower.Hash(w.cur.seed))
	if n == nil || n.Flags()&Apex == 0 || n.Zone() != index {
		return nil
	}
	return w.moveName(n)
}

// moveZoneOf is moveZone for the zone of a name of cur.
func (w *Writer) moveZoneOf(name *wire.LowerName) error {
	n := w.cur.Lookup(name, name.Hash(w.cur.seed))
	if n == nil {
		return nil
	}
	return w.moveZone(w.cur.zoneOf(n))
}
