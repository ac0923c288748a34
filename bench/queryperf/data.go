package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// data is the queries, as messages with id 0, one behind the other.
type data struct {
	octets []byte
	start  []uint32 // of each query, and the end of the last
	end    []uint16 // of its question, in the message
}

func (d *data) len() int { return len(d.start) - 1 }

// query is message i.
func (d *data) query(i uint32) []byte { return d.octets[d.start[i]:d.start[i+1]] }

// ednsSize is what queries with EDNS say that they can take: what crosses any
// network in one piece.
const ednsSize = 1232

// load reads the file that the options name, or stdin. Directives in it change
// options that the command line does not give.
func load(o *options, stdin io.Reader) (*data, error) {
	from, name := stdin, "stdin"
	if o.data != "" {
		file, err := os.Open(o.data)
		if err != nil {
			return nil, fmt.Errorf("the queries (-d): %w", err)
		}
		defer file.Close()
		from, name = file, o.data
	}
	d := &data{start: []uint32{0}}
	lines := bufio.NewScanner(from)
	for n := 1; lines.Scan(); n++ {
		if err := d.line(o, lines.Text()); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if d.len() == 0 {
		return nil, fmt.Errorf("%s holds no query: want a name and a type on each line, such as www.example.com A", name)
	}
	return d, nil
}

// line reads a line: a query, a comment from ; on, or a directive after #.
func (d *data) line(o *options, line string) error {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || line[0] == ';':
		return nil
	case line[0] == '#':
		return directive(o, line[1:])
	}
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return fmt.Errorf("%q: want a name and a type", line)
	}
	return d.add(o, fields[0], fields[1])
}

// directives are those of ISC's queryperf, and the options that they stand for.
var directives = map[string]byte{"server": 's', "port": 'p', "maxqueries": 'q', "maxwait": 't'}

// directive obeys one that the command line does not overrule. What is none is
// a comment, as the lines of other programs' files are.
func directive(o *options, text string) error {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return nil
	}
	letter, known := directives[fields[0]]
	if !known || o.ignore || o.given[letter] {
		return nil
	}
	if len(fields) != 2 {
		return fmt.Errorf("#%s: want one value", fields[0])
	}
	if err := find(letter).set(o, fields[1]); err != nil {
		return fmt.Errorf("#%s: %w", fields[0], err)
	}
	return nil
}

// typeOf is the number of an RR type, by name or as TYPE123 (RFC 3597).
func typeOf(s string) (uint16, error) {
	s = strings.ToUpper(s)
	if t, ok := dns.StringToType[s]; ok {
		return t, nil
	}
	if t, err := strconv.ParseUint(strings.TrimPrefix(s, "TYPE"), 10, 16); err == nil {
		return uint16(t), nil
	}
	return 0, fmt.Errorf("%q is no type of record", s)
}

// maxData is how many octets of queries there may be.
const maxData = 1 << 32

var errTooMany = errors.New("the queries take more than 4 GB: use a smaller file")

// add makes the message of a query.
func (d *data) add(o *options, name, kind string) error {
	owner, err := wire.ParseName(name)
	if err != nil {
		return fmt.Errorf("%q is no domain name: %w", name, err)
	}
	qtype, err := typeOf(kind)
	if err != nil {
		return err
	}
	flags, additional := uint16(wire.FlagRD), uint16(0)
	if o.noRD {
		flags = 0
	}
	if o.edns || o.do {
		additional = 1
	}
	m := append(d.octets, 0, 0)
	m = binary.BigEndian.AppendUint16(m, flags)
	m = append(m, 0, 1, 0, 0, 0, 0)
	m = binary.BigEndian.AppendUint16(m, additional)
	m = append(m, owner...)
	m = binary.BigEndian.AppendUint16(m, qtype)
	m = binary.BigEndian.AppendUint16(m, wire.ClassIN)
	if additional > 0 {
		m = appendOPT(m, o.do)
	}
	if len(m) >= maxData {
		return errTooMany
	}
	d.octets = m
	d.end = append(d.end, uint16(wire.HeaderLen+len(owner)+4))
	d.start = append(d.start, uint32(len(m)))
	return nil
}

// appendOPT appends an OPT record without options (RFC 6891 section 6.1.2).
func appendOPT(m []byte, do bool) []byte {
	flags := byte(0)
	if do {
		flags = 0x80
	}
	return append(m, 0, 0, wire.TypeOPT, ednsSize>>8, ednsSize&0xff, 0, 0, flags, 0, 0, 0)
}

// questionEnd is where the question of one of our queries ends.
func questionEnd(query []byte) int {
	end := wire.HeaderLen
	for query[end] != 0 {
		end += 1 + int(query[end])
	}
	return end + 5
}
