package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// foreign tells that the item is another program's, whose one message may stand
// for records of several types.
func (i *item) foreign() bool { return i.record.Message.Type == "" }

func addressType(addr netip.Addr) uint16 {
	if addr.Is4() {
		return wire.TypeA
	}
	return wire.TypeAAAA
}

// elsewhere refuses to change, at the name that an SRV of ours gives an address
// to, what is that SRV's.
func (n *nameState) elsewhere(i item) error {
	if i.record.Own && !bytes.Equal(i.record.Name, n.name) {
		return fail(http.StatusConflict, "%s is the address of a service of %s: change that", wire.NameString(n.name), wire.NameString(i.record.Name))
	}
	return nil
}

// dropType removes what an item has of a type, 0 for all. The other types that
// another program's message stands for stay; an address whose service would
// stay without one is refused.
func (n *nameState) dropType(i item, rrtype uint16) error {
	if err := n.elsewhere(i); err != nil {
		return err
	}
	i = n.current(i)
	others := slices.ContainsFunc(i.rrs, func(rr record.RR) bool { return rr.Type != rrtype })
	if rrtype == 0 || !i.foreign() || !others {
		n.drop(i)
		return nil
	}
	field := map[uint16]string{wire.TypeSRV: "port", wire.TypeMX: "mail"}[rrtype]
	if field == "" {
		return fail(http.StatusConflict, "%s of %s is one record with a service or a mail host (%s): remove these first, or give it another address",
			record.TypeText(rrtype), wire.NameString(n.name), i.key)
	}
	return n.edit(i, func(fields map[string]json.RawMessage) { setField(fields, field, nil) })
}

// current is an item as it will be, which an edit may have changed since it was
// looked up.
func (n *nameState) current(i item) item {
	if at, ok := n.place[i.key]; ok {
		return n.will[at]
	}
	return i
}

// edit changes fields of the message of an item, at the key that it has. The
// others stay, those that we do not know too.
func (n *nameState) edit(i item, change func(fields map[string]json.RawMessage)) error {
	i = n.current(i)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(i.value, &fields); err != nil {
		return fail(http.StatusConflict, "%s: %v", i.key, err) // what was understood is an object
	}
	change(fields)
	value, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return n.set(i.key, value, i.lease)
}

// setField gives a field a value, nil for none. Readers of messages take a
// field's name in any case.
func setField(fields map[string]json.RawMessage, name string, value any) {
	for known := range fields {
		if strings.EqualFold(known, name) {
			delete(fields, known)
		}
	}
	if value != nil {
		fields[name], _ = json.Marshal(value) // texts and numbers always marshal
	}
}
