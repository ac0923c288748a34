package api

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// chosen tells which items of a name the body is about.
func (q *request) chosen(name []byte, rrtype uint16) (func(item) bool, error) {
	if q.only("type") == nil { // no field states data
		return func(i item) bool { return rrtype == 0 || i.has(rrtype, nil) }, nil
	}
	switch {
	case rrtype == 0:
		return nil, fail(http.StatusBadRequest, "want the type of the records to remove")
	case rrtype == wire.TypeSRV && q.Rdata == "":
		return q.chosenServices()
	case rrtype == wire.TypeMX && q.MailPriority == nil && q.Rdata == "":
		return q.chosenMail()
	}
	list, err := q.messages(q.names)
	if err != nil {
		return nil, err
	}
	key, value, err := record.New(name, list[0])
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	rec, err := record.Parse(key, value)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	data := rec.Stated()[0].Data
	return func(i item) bool { return i.key == key || i.has(rrtype, data) }, nil
}

// has tells whether an RR of a type, and with that data if any, is the item's.
func (i *item) has(rrtype uint16, data []byte) bool {
	return slices.ContainsFunc(i.rrs, func(rr record.RR) bool {
		return rr.Type == rrtype && (data == nil || bytes.Equal(record.Canonical(rrtype, rr.Data), record.Canonical(rrtype, data)))
	})
}

// chosenServices are the SRVs with the hosts, ports, priority and weight that
// the body names; what it leaves out may be any.
func (q *request) chosenServices() (func(item) bool, error) {
	if err := q.only("ips", "ports", "target", "priority", "weight"); err != nil {
		return nil, err
	}
	hosts, err := q.hosts(q.names)
	if err != nil {
		return nil, err
	}
	for n := range hosts {
		hosts[n] = strings.ToLower(hosts[n])
	}
	return func(i item) bool {
		addr, _ := i.record.Message.Addr()
		return slices.ContainsFunc(i.rrs, func(rr record.RR) bool {
			if rr.Type != wire.TypeSRV || len(rr.Data) < 7 {
				return false
			}
			is := func(want *uint16, at int) bool { return want == nil || *want == binary.BigEndian.Uint16(rr.Data[at:]) }
			target := wire.NameString(wire.AppendLower(nil, rr.Data[6:]))
			return is(q.Priority, 0) && is(q.Weight, 2) &&
				(q.Ports == nil || slices.Contains(q.Ports, binary.BigEndian.Uint16(rr.Data[4:]))) &&
				(hosts == nil || slices.Contains(hosts, target) || addr.IsValid() && slices.Contains(hosts, addr.String()))
		})
	}, nil
}

// chosenMail is the MX of the body's mail host, whatever its priority.
func (q *request) chosenMail() (func(item) bool, error) {
	list, err := q.messages(q.names)
	if err != nil {
		return nil, err
	}
	host, err := wire.ParseName(list[0].Host)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "mailHost: %v", err)
	}
	host = wire.AppendLower(nil, host)
	return func(i item) bool {
		return slices.ContainsFunc(i.rrs, func(rr record.RR) bool {
			return rr.Type == wire.TypeMX && len(rr.Data) > 2 && bytes.Equal(wire.AppendLower(nil, rr.Data[2:]), host)
		})
	}, nil
}
