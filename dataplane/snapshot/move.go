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
		if err = w.moveAbove(n); err == nil {
			err = w.moveName(n)
		}
		return err == nil
	})
	return err
}

// moveName puts a name of cur into next, with its mark.
func (w *Writer) moveName(n Node) error {
	name := lowerOf(n.Name())
	w.copied = append(w.copied[:0], n.Sets(new(Room))...)
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

// moveAbove puts into next what a name of cur needs there before it: the apex of
// its zone, and what covers it; for an apex, those of a name beside it. An apex,
// a cut or a DNAME that came after names below it would take a walk over the table.
func (w *Writer) moveAbove(n Node) error {
	var s Spot
	if n.Flags()&Apex == 0 {
		s = w.cur.spotOf(n)
	} else if parent := wire.Parent(n.Name()); parent != nil {
		lower := lowerOf(parent)
		if p := w.cur.Lookup(lower, lower.Hash(w.cur.seed)); p != nil {
			s = w.cur.below(p)
		}
	}
	if err := w.moveZone(s.Zone()); err != nil {
		return err
	}
	return w.moveCover(n.Name(), s.Cover()-1)
}

// moveAboveName is moveAbove for a name that cur may have.
func (w *Writer) moveAboveName(name *wire.LowerName) error {
	if n := w.cur.Lookup(name, name.Hash(w.cur.seed)); n != nil {
		return w.moveAbove(n)
	}
	return nil
}

// moveZone puts the apex of a zone of cur into next, and before it what that
// needs.
func (w *Writer) moveZone(index uint32) error {
	if uint64(index) >= uint64(len(w.zonesMoved)) || w.zonesMoved[index] {
		return nil
	}
	w.zonesMoved[index] = true
	z := w.cur.Zone(index)
	if z == nil || !wire.ValidName(z.Apex()) {
		return nil
	}
	lower := lowerOf(z.Apex())
	n := w.cur.Lookup(lower, lower.Hash(w.cur.seed))
	if n == nil || n.Flags()&Apex == 0 || n.Zone() != index {
		return nil
	}
	if err := w.moveAbove(n); err != nil {
		return err
	}
	return w.moveName(n)
}

// moveCover puts the name above name that has that many labels into next; where
// name has no more, there is none.
func (w *Writer) moveCover(name []byte, labels int) error {
	more := wire.Labels(name) - labels
	if labels < 0 || more <= 0 {
		return nil
	}
	for range more {
		name = wire.Parent(name)
	}
	lower := lowerOf(name)
	if n := w.next.Lookup(lower, lower.Hash(w.next.seed)); n != nil && n.Flags()&(Cut|DName) != 0 {
		return nil
	}
	n := w.cur.Lookup(lower, lower.Hash(w.cur.seed))
	if n == nil || n.Flags()&(Cut|DName) == 0 {
		return nil
	}
	return w.moveName(n)
}
