package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// expected is the answer that a question must get: the rcode, and the rdata of
// all records of the type asked for, in any order and with any TTL.
type expected struct {
	rcode int
	any   bool     // one or more of rdata, not all
	rdata []string // in the form of dns.RR.String, in order
}

// checker knows the right answers. Each thread has its own.
type checker struct {
	want []*expected // of each query of the data; nil: any answer

	// seen is, of each query of the data, the last answer found right, from
	// its flags on: servers repeat themselves, and to compare is quick.
	seen [][]byte
}

func newChecker(want []*expected) *checker {
	return &checker{want: want, seen: make([][]byte, len(want))}
}

// loadExpected reads a file of lines
//
//	name type rcode [rdata [| rdata ...]]
//
// where the rdata are in presentation form, and "any" before the first says
// that a part of them is right too. Queries that it does not name are not checked.
// It returns what is expected of each query of d.
func loadExpected(path string, d *data) ([]*expected, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the expected answers (-c): %w", err)
	}
	defer file.Close()
	want := map[string]*expected{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == ';' || line[0] == '#' {
			continue
		}
		question, e, err := parseExpected(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		want[question] = e
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	all := make([]*expected, d.len())
	for i := range all {
		all[i] = want[key(d.query(uint32(i)))]
	}
	return all, nil
}

// key is what tells questions apart: a query's name in lower case, and its type.
func key(query []byte) string {
	end := questionEnd(query)
	return string(bytes.ToLower(query[wire.HeaderLen:end-4])) + string(query[end-4:end])
}

// parseExpected reads a line; question is the key of its name and type.
func parseExpected(line string) (question string, e *expected, err error) {
	fields := strings.Fields(line)
	if len(fields) < 3 {
		return "", nil, fmt.Errorf("%q: want a name, a type, an rcode, and the rdata with | between", line)
	}
	d := &data{start: []uint32{0}}
	if err := d.add(&options{}, fields[0], fields[1]); err != nil {
		return "", nil, err
	}
	rcode, ok := dns.StringToRcode[strings.ToUpper(fields[2])]
	if !ok {
		return "", nil, fmt.Errorf("%q is no rcode", fields[2])
	}
	e = &expected{rcode: rcode}
	rest := fields[3:]
	if len(rest) > 0 && rest[0] == "any" {
		e.any, rest = true, rest[1:]
	}
	for rdata := range strings.SplitSeq(strings.Join(rest, " "), "|") {
		if rdata = strings.TrimSpace(rdata); rdata == "" {
			continue
		}
		rr, err := dns.NewRR(". 0 IN " + fields[1] + " " + rdata)
		if err != nil {
			return "", nil, fmt.Errorf("%q is no rdata of type %s: %w", rdata, fields[1], err)
		}
		e.rdata = append(e.rdata, rdataOf(rr))
	}
	slices.Sort(e.rdata)
	return key(d.query(0)), e, nil
}

// rdataOf is the part of a record behind its type, in lower case: names are
// compared without case.
func rdataOf(rr dns.RR) string {
	return strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String()))
}

// right says whether a reply to query i, with the same question, is what is expected.
func (c *checker) right(i uint32, reply []byte) bool {
	e := c.want[i]
	if e == nil || bytes.Equal(reply[2:], c.seen[i]) {
		return true
	}
	if !e.met(reply) {
		return false
	}
	c.seen[i] = append(c.seen[i][:0], reply[2:]...)
	return true
}

// met says whether a reply is the answer expected.
func (e *expected) met(reply []byte) bool {
	var m dns.Msg
	if m.Unpack(reply) != nil || m.Rcode != e.rcode || len(m.Question) != 1 {
		return false
	}
	var got []string
	for _, rr := range m.Answer {
		if rr.Header().Rrtype == m.Question[0].Qtype {
			got = append(got, rdataOf(rr))
		}
	}
	slices.Sort(got)
	if !e.any {
		return slices.Equal(got, e.rdata)
	}
	return len(got) > 0 && !slices.ContainsFunc(got, func(s string) bool { return !slices.Contains(e.rdata, s) })
}
