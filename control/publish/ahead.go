package publish

import (
	"slices"
	"strings"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/control/store"
)

// aheadOf is how many names are looked for together before each is worked on, so
// that the core waits for their memory once: a change of one in a million names
// finds next to nothing of it in the cache. What they take fits into a core's
// first one.
const aheadOf = 32

// keyNames are the names of some events' keys.
type keyNames struct {
	names [][]byte
	errs  []error
	text  []byte // of the names, one behind the other
}

func (k *keyNames) clear() { k.names, k.errs, k.text = k.names[:0], k.errs[:0], k.text[:0] }

func (k *keyNames) add(key string) {
	k.text = slices.Grow(k.text, len(key))
	name, err := record.AppendKeyName(k.text[len(k.text):], key)
	k.text = k.text[:len(k.text)+len(name)]
	k.names, k.errs = append(k.names, slices.Clip(name)), append(k.errs, err) // what is appended to it must not be the next one's
}

// events works events in.
func (p *Publisher) events(list []store.Event) {
	for group := range slices.Chunk(list, aheadOf) {
		p.keys.clear()
		for i := range group {
			p.keys.add(group[i].Key)
		}
		p.records.expect(p.keys.names)
		for i := range group {
			p.event(&group[i], p.keys.names[i], p.keys.errs[i])
			p.dirty.next()
		}
	}
}

// putDirty publishes the names that the changes of the batch under way touch.
func (p *Publisher) putDirty() {
	i := 0
	for group := range slices.Chunk(p.dirty.names, aheadOf) {
		p.turn.take()
		p.writer.Expect(group)
		for _, name := range group {
			if _, err := p.put(name); err == nil {
				p.seen(p.dirty.changes[i])
			}
			i++
		}
	}
	p.dirty.clear()
}

// isStatus reports whether a key is a status key.
func (p *Publisher) isStatus(key string) bool { return strings.HasPrefix(key, p.MonitorPath) }
