package snapshot

import (
	"errors"
	"runtime/debug"
)

// ErrNoSecrets says that a snapshot holds no secrets of DNS cookies.
var ErrNoSecrets = errors.New("the snapshot holds no secrets of DNS cookies")

// CookieSecrets are the secrets of DNS cookies (RFC 9018 section 5), each 16
// octets as two little-endian words. The zero secret is none.
type CookieSecrets struct {
	Sign   [2]uint64 // new cookies are made with it, and it is accepted
	Accept [2]uint64 // accepted too: the one before, or the next
}

// SetCookieSecrets gives all readers the secrets. They are kept in the root, in
// one of two places in turn: a reader sees the old ones or the new ones. One
// goroutine at a time calls it; unlike other methods it may run beside them. After
// an error Renew writes them again.
func (w *Writer) SetCookieSecrets(s CookieSecrets) error {
	w.secretsMu.Lock()
	defer w.secretsMu.Unlock()
	w.secrets = &s
	return w.writeSecrets()
}

// writeSecrets stores the secrets, if there are any. The caller holds the lock.
func (w *Writer) writeSecrets() (err error) {
	if w.secrets == nil {
		return nil
	}
	defer catchFaults(debug.SetPanicOnFault(true), &err, rootPath(w.dir))
	s, root := w.secrets, w.epochs.root
	place := 1 + root.load64(rootSecretsOff)&1
	off := rootSecretOff(place)
	for i, word := range [...]uint64{s.Sign[0], s.Sign[1], s.Accept[0], s.Accept[1]} {
		root.store64(off+uint64(i)*8, word)
	}
	root.store64(rootSecretsOff, place)
	return nil
}

// CookieSecrets are the secrets as they are now; false before control has set
// any.
func (v *View) CookieSecrets() (CookieSecrets, bool) {
	if len(v.root) < rootSize {
		return CookieSecrets{}, false
	}
	place := v.root.load64(rootSecretsOff)
	if place != 1 && place != 2 {
		return CookieSecrets{}, false
	}
	off := rootSecretOff(place)
	s := CookieSecrets{
		Sign:   [2]uint64{v.root.load64(off), v.root.load64(off + 8)},
		Accept: [2]uint64{v.root.load64(off + 16), v.root.load64(off + 24)},
	}
	return s, s.Sign != [2]uint64{}
}

// CheckSecrets is an error if a core that looks now finds no secrets, although
// there is a snapshot. It is called as Refresh is.
func (r *Reader) CheckSecrets() (err error) {
	v := r.view.Load()
	if v == nil {
		return nil
	}
	defer catchFaults(debug.SetPanicOnFault(true), &err, rootPath(r.dir))
	if _, known := v.CookieSecrets(); !known {
		return ErrNoSecrets
	}
	return nil
}

// Where the root holds secrets: which of two places is in use (0: none), and
// the places.
const rootSecretsOff = 128

func rootSecretOff(place uint64) uint64 { return rootSecretsOff + 64*place }
