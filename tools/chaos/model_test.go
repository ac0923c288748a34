package chaos

import (
	"maps"
	"slices"
	"strings"
)

// state is what a name holds: a line for each record, its type and its data,
// sorted.
type state []string

// String is the state in one line, the same for the same state.
func (s state) String() string { return strings.Join(s, ", ") }

// with is the state with one more record.
func (s state) with(line string) state {
	if slices.Contains(s, line) {
		return s
	}
	more := append(slices.Clone(s), line)
	slices.Sort(more)
	return more
}

// without is the state without a record.
func (s state) without(line string) state {
	return s.only(func(have string) bool { return have != line })
}

// only is the records of the state that are so.
func (s state) only(so func(line string) bool) state {
	return slices.DeleteFunc(slices.Clone(s), func(line string) bool { return !so(line) })
}

// model is what names may hold: one state each, or several after a change
// whose outcome is not known. One client changes it, and the judge when the
// clients rest.
type model map[string]map[string]state

// of is the state of a name, if it is known.
func (m model) of(name string) (s state, known bool) {
	if len(m[name]) > 1 {
		return nil, false
	}
	for _, s := range m[name] {
		return s, true
	}
	return nil, true
}

// settle makes one state the only one.
func (m model) settle(name string, s state) { m[name] = map[string]state{s.String(): s} }

// doubt makes another state possible beside those that are.
func (m model) doubt(name string, s state) {
	if m[name] == nil {
		m.settle(name, nil)
	}
	m[name][s.String()] = s
}

// possible are the states of a name as text, sorted.
func (m model) possible(name string) []string { return slices.Sorted(maps.Keys(m[name])) }
