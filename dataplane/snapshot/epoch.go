package snapshot

// epochs is the writer's side of reclamation. Readers' side is Slot.
//
// The epoch rises with each change that gives memory up. A core stores the
// epoch that it sees each time it holds nothing (Slot.Enter), and 0 while it
// holds nothing for long (Slot.Leave). The low turnBits of what it stores
// count its turns, so that its own process can tell one turn from the next.
// Memory given up in epoch e is free once every live core has stored a later
// one: each has then loaded the epoch after the slot that led to that memory
// was overwritten.
type epochs struct {
	root    memory
	readers memory

	// alive reports whether a process holds the slot. It costs a system call
	// and is asked only about a slot that holds something back.
	alive func(slot int) bool
}

// Words of the readers file: a page of its own, then one page a slot, of
// which the first word is the epoch seen.
const (
	readersMagicOff = 0
	readersHighOff  = 8 // slots below this index have been in use
	slotSize        = 4096
	maxSlots        = 511 // with the header's page: one 2 MiB huge page
	turnBits        = 16
	readersSize     = (maxSlots + 1) * slotSize
)

func slotSeenOff(slot int) uint64 { return uint64(slot+1) * slotSize }

// advance starts the next epoch and returns the one that ends.
func (e *epochs) advance() uint64 {
	now := e.root.load64(rootEpochOff)
	e.root.store64(rootEpochOff, now+1)
	return now
}

// number is the number of a new generation. One that a killed writer gave is
// not given again: readers may have mapped that file.
func (e *epochs) number() uint64 {
	n := max(e.root.load64(rootLastOff), e.root.load64(rootGenerationOff)) + 1
	e.root.store64(rootLastOff, n)
	return n
}

// oldest is the oldest epoch that a live core may still be in.
func (e *epochs) oldest() uint64 {
	oldest := e.root.load64(rootEpochOff)
	high := min(maxSlots, e.readers.load64(readersHighOff))
	for slot := range int(high) {
		seen := e.readers.load64(slotSeenOff(slot))
		if seen != 0 && seen>>turnBits < oldest && e.alive(slot) {
			oldest = seen >> turnBits
		}
	}
	return oldest
}
