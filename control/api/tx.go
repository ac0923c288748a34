package api

import "context"

// tx is a change being worked out: the names that it looks at as they were at
// one revision of etcd, and as they are to be.
type tx struct {
	ctx       context.Context
	records   *records
	revision  int64 // 0: nothing is read yet
	names     map[string]*nameState
	committed int64 // the revision of etcd that it made; 0: there was nothing to write
	unknown   bool  // it was sent, and etcd has not said whether it took it
}

// at is the state of a name, read when first asked for.
func (t *tx) at(name []byte) (*nameState, error) {
	if err := t.read([][]byte{name}); err != nil {
		return nil, err
	}
	return t.names[string(name)], nil
}

// read reads the states of names that are not read yet, together.
func (t *tx) read(names [][]byte) error {
	var missing [][]byte
	for _, name := range names {
		if t.names[string(name)] == nil {
			t.names[string(name)] = newNameState(name, nil, nil)
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	items, revision, err := t.records.at(t.ctx, missing, t.revision)
	if err != nil {
		return err
	}
	t.revision = revision
	for n, name := range missing {
		t.names[string(name)] = newNameState(name, t.records.zones.Zone(name), items[n])
	}
	return nil
}
