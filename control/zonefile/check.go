package zonefile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// RR types that may stand beside a CNAME (RFC 4034 section 3, RFC 4035
// section 2.5).
const (
	typeRRSIG = 46
	typeNSEC  = 47
)

// owner is what one name of a zone holds: for each type the line of its first
// record.
type owner map[uint16]int

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
	if owners[string(z.Apex)][wire.TypeNS] == 0 {
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
	if r.Type == wire.TypeSOA && string(r.Name) != string(z.Apex) {
		return fault(r, "the zone %s has a SOA in line %d already", wire.NameString(z.Apex), owners[string(z.Apex)][wire.TypeSOA])
	}
	if line := o[r.Type]; line != 0 {
		if single(r.Type) {
			return fault(r, "the name has one in line %d already", line)
		}
		return nil
	}
	if other, line := o.excluding(r.Type); line != 0 {
		return fault(r, "the name has %s in line %d, which excludes it", record.TypeText(other), line)
	}
	if string(r.Name) != string(z.Apex) && (r.Type == wire.TypeNS && o[wire.TypeDNAME] != 0 || r.Type == wire.TypeDNAME && o[wire.TypeNS] != 0) {
		return fault(r, "NS and DNAME exclude each other below the apex (RFC 6672 section 2.3)")
	}
	o[r.Type] = r.Line
	return nil
}

// excluding is the first type at a name that excludes one of type t, and its
// line; 0 if there is none.
func (o owner) excluding(t uint16) (other uint16, line int) {
	for have, at := range o {
		if (exclude(t, have) || exclude(have, t)) && (line == 0 || at < line) {
			other, line = have, at
		}
	}
	return other, line
}

// single reports whether a name has at most one record of a type (RFC 1034
// section 3.6.2, RFC 1035 section 5.2, RFC 6672 section 2.4).
func single(rrtype uint16) bool {
	return rrtype == wire.TypeSOA || rrtype == wire.TypeCNAME || rrtype == wire.TypeDNAME
}

// exclude reports whether a record of type a excludes one of type b at its
// name (RFC 2181 section 10.1).
func exclude(a, b uint16) bool {
	return a == wire.TypeCNAME && b != wire.TypeCNAME && b != typeRRSIG && b != typeNSEC
}

// dnameAbove is the nearest name above name that has a DNAME, and its line; 0
// if there is none.
func (z *Zone) dnameAbove(owners map[string]owner, name []byte) ([]byte, int) {
	for len(name) > len(z.Apex) {
		name = wire.Parent(name)
		if line := owners[string(name)][wire.TypeDNAME]; line != 0 {
			return name, line
		}
	}
	return nil, 0
}
