package snapshot

import "github.com/ipdcode/skydns/dataplane/wire"

// moveBucket puts the names of one bucket into next; full tells that they do
// not fit there.
func (w *Writer) moveBucket(bucket uint64) (full bool, err error) {
	w.cur.eachIn(bucket, func(n Node, _, _ uint64) bool {
		if n.Flags()&Empty != 0 {
			return true
		}
		if err = w.moveZone(w.cur.zoneOf(n)); err == nil {
			err = w.moveName(n)
		}
		return err == nil
	})
	if err == errFull {
		return true, nil
	}
	return false, err
}

// moveName puts a name of cur into next, with its mark.
func (w *Writer) moveName(n Node) error {
	name := lowerOf(n.Name())
	w.moved = append(w.moved[:0], n.Sets()...)
	if _, err := w.next.put(name, n.Flags()&(Apex|Cut|DName), w.moved); err != nil {
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
