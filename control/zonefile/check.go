package zonefile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// owner is what one name of a zone holds: for each type the line of its first
// record, and the octets that all take in a message.
type owner map[uint16]rrset

type rrset struct{ line, size int }

// check makes records a zone if they are one.
func check(records []Record) (*Zone, error) {
	at := slices.IndexFunc(records, func(r Record) bool { return r.Type == wire.TypeSOA })
	if at < 0 {
		return nil, &Error{0, errors.New("the zone has no SOA record")}
	}
	z := &Zone{Apex: records[at].Name, Records: records}
	owners := make(map[string]owner, len(records))
	for _, r := range records {
		if err := z.take(owners, r); err != nil {
			return nil, err
		}
	}
	if owners[string(z.Apex)][wire.TypeNS].line == 0 {
		return nil, &Error{0, fmt.Errorf("%s has no NS record", wire.NameString(z.Apex))}
	}
	for _, r := range records {
		if name, line := z.dnameAbove(owners, r.Name); line != 0 {
			return nil, fault(r, "it is below %s, which has a DNAME in line %d (RFC 6672 section 2.4)", wire.NameString(name), line)
		}
	}
	return z, nil
}

// fault is an error about a record.
func fault(r Record, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	return &Error{r.Line, fmt.Errorf("%s %s: %s", wire.NameString(r.Name), record.TypeText(r.Type), text)}
}

// take adds a record to those of its owner, unless they exclude it.
func (z *Zone) take(owners map[string]owner, r Record) error {
	o := owners[string(r.Name)]
	if o == nil {
		o = owner{}
		owners[string(r.Name)] = o
	}
	if !wire.IsSubdomain(r.Name, z.Apex) {
		return fault(r, "the name is outside of the zone %s", wire.NameString(z.Apex))
	}
	apex := string(r.Name) == string(z.Apex)
	if r.Type == wire.TypeSOA && !apex {
		return fault(r, "the zone %s has a SOA in line %d already", wire.NameString(z.Apex), owners[string(z.Apex)][wire.TypeSOA].line)
	}
	set := o[r.Type]
	switch other, line := o.excluding(r.Type, apex); {
	case set.line == 0 && line != 0:
		return fault(r, "the name has %s in line %d, which excludes it", record.TypeText(other), line)
	case set.line == 0:
		set.line = r.Line
	case record.Single(r.Type):
		return fault(r, "the name has one in line %d already", set.line)
	}
	if set.size += record.Size(r.Data); set.size > record.MaxRRset {
		return fault(r, "with it the name has more of them than fit into a message: %d octets are too many", set.size)
	}
	o[r.Type] = set
	return nil
}

// excluding is the first type at a name that excludes one of type t, and its
// line; 0 if there is none.
func (o owner) excluding(t uint16, apex bool) (other uint16, line int) {
	for have, set := range o {
		if record.Exclude(t, have, apex) && (line == 0 || set.line < line) {
			other, line = have, set.line
		}
	}
	return other, line
}

// dnameAbove is the nearest name above name that has a DNAME, and its line; 0
// if there is none.
func (z *Zone) dnameAbove(owners map[string]owner, name []byte) ([]byte, int) {
	for len(name) > len(z.Apex) {
		name = wire.Parent(name)
		if line := owners[string(name)][wire.TypeDNAME].line; line != 0 {
			return name, line
		}
	}
	return nil, 0
}
