package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// ErrNoDomain is the error of a name that lies in none of our domains.
var ErrNoDomain = errors.New("name is in no domain of ours")

// Domains are the domains that this node answers for. Each is a zone. They do
// not change; any number of goroutines may read them.
type Domains struct {
	list    []([]byte)
	set     map[string]struct{}
	longest int // octets
}

// NewDomains takes domain names in presentation form.
func NewDomains(names []string) (*Domains, error) {
	d := &Domains{set: make(map[string]struct{}, len(names))}
	for _, text := range names {
		name, err := wire.ParseName(text)
		if err != nil {
			return nil, fmt.Errorf("domain %q: %w", text, err)
		}
		name = wire.AppendLower(nil, name)
		if _, twice := d.set[string(name)]; twice {
			continue
		}
		d.set[string(name)] = struct{}{}
		d.list = append(d.list, name)
		d.longest = max(d.longest, len(name))
	}
	if len(d.list) == 0 {
		return nil, errors.New("no domain is given")
	}
	return d, nil
}

// List is the domains in wire form and lower case, in the order given.
func (d *Domains) List() [][]byte { return d.list }

// Zone is the longest of our domains that holds name (wire form, lower
// case), or nil.
func (d *Domains) Zone(name []byte) []byte {
	for ; name != nil; name = wire.Parent(name) {
		if len(name) > d.longest {
			continue
		}
		if _, ok := d.set[string(name)]; ok {
			return name
		}
	}
	return nil
}

// Complete is the name of ours that text means, in wire form and lower case:
// a name inside one of our domains as it stands, with or without the last
// dot; any other without the last dot inside the first of our domains; any
// other with it gives ErrNoDomain.
func (d *Domains) Complete(text string) ([]byte, error) {
	name, err := wire.ParseName(text)
	if err != nil {
		return nil, err
	}
	name = wire.AppendLower(nil, name)
	if d.Zone(name) != nil {
		return name, nil
	}
	if strings.HasSuffix(text, ".") {
		return nil, ErrNoDomain
	}
	name = append(name[:len(name)-1], d.list[0]...)
	if len(name) > wire.MaxName {
		return nil, wire.ErrLongName
	}
	return name, nil
}
