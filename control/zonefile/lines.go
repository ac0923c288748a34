package zonefile

import (
	"bufio"
	"io"
	"strings"
)

// lines gives a parser a text octet by octet, and knows where it is: what
// was read since take was called last, and in which line that begins.
type lines struct {
	in    *bufio.Reader
	line  int // of the next octet, from 1
	entry []byte
}

func newLines(in io.Reader) *lines { return &lines{in: bufio.NewReader(in), line: 1} }

// ReadByte is io.ByteReader's: a parser that has it reads no octet ahead.
func (l *lines) ReadByte() (byte, error) {
	c, err := l.in.ReadByte()
	if err != nil {
		return 0, err
	}
	l.entry = append(l.entry, c)
	if c == '\n' {
		l.line++
	}
	return c, nil
}

// Read is io.Reader's, which the parser asks for and does not use.
func (l *lines) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := l.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// take is the text of the entry that was read since it was called last, without
// comments and directives, and the line in which it begins.
func (l *lines) take() (text string, line int) {
	var b strings.Builder
	line = l.line - strings.Count(string(l.entry), "\n")
	comment, quoted := false, false
	for i, c := range l.entry {
		switch {
		case c == '\n':
			comment, quoted = false, false
			if before := strings.TrimSpace(b.String()); before == "" || before[0] == '$' {
				b.Reset()
				line++
				continue
			}
		case i > 0 && l.entry[i-1] == '\\':
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			comment = true
		}
		if !comment {
			b.WriteByte(c)
		}
	}
	l.entry = l.entry[:0]
	return b.String(), line
}
