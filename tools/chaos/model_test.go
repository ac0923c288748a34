package chaos

import (
	"maps"
	"slices"
	"strings"
)

// state is what a name holds: addresses, or the name it is an alias of.
// Compared by its text.
type state struct {
	ips   []string // sorted
	alias string   // with the last dot
}

// String is the state in one word, the same for the same state.
func (s state) String() string {
	if s.alias != "" {
		return "->" + s.alias
	}
	return strings.Join(s.ips, ",")
}

// withIP is the state with one more address.
func (s state) withIP(ip string) state {
	if slices.Contains(s.ips, ip) {
		return s
	}
	ips := append(slices.Clone(s.ips), ip)
	slices.Sort(ips)
	return state{ips: ips}
}

// withoutIP is the state with one address less.
func (s state) withoutIP(ip string) state {
	return state{ips: slices.DeleteFunc(slices.Clone(s.ips), func(have string) bool { return have == ip })}
}

// model is what names may hold: one state each, or several after a change
// whose outcome is not known. One client changes it, and the judge when the
// clients rest.
type model map[string]map[string]state

// of is the state of a name, if it is known.
func (m model) of(name string) (s state, known bool) {
	if len(m[name]) > 1 {
		return state{}, false
	}
	for _, s := range m[name] {
		return s, true
	}
	return state{}, true
}

// settle makes one state the only one.
func (m model) settle(name string, s state) { m[name] = map[string]state{s.String(): s} }

// doubt makes another state possible beside those that are.
func (m model) doubt(name string, s state) {
	if m[name] == nil {
		m.settle(name, state{})
	}
	m[name][s.String()] = s
}

// possible are the states of a name as text, sorted.
func (m model) possible(name string) []string { return slices.Sorted(maps.Keys(m[name])) }
