package snapshot

// OpenFile maps one generation's file, such as a copy, for a look at it.
// close unmaps it. No writer learns that it is read: in the file of a snapshot
// that is being written, use a Reader and a Slot.
func OpenFile(path string) (v *View, close func(), err error) {
	m, err := openAndMap(path, false)
	if err != nil {
		return nil, nil, err
	}
	if v, err = newView(m); err != nil {
		unmap(m)
		return nil, nil, err
	}
	return v, func() { unmap(m) }, nil
}
