package zonefile

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/control/record"
)

// Record is a record of a zone and the line where it stands in the file.
type Record struct {
	record.RR
	Line int
}

// Zone is a valid zone.
type Zone struct {
	Apex    []byte   // in wire form and lower case
	Records []Record // each once, in the order of the file
}

// ErrTooMany is the reason of an Error about a file of too many records.
var ErrTooMany = errors.New("too many records")

// Error is what is wrong with a master file.
type Error struct {
	Line   int // 0: the file as a whole
	Reason error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason.Error()
	}
	return fmt.Sprintf("line %d: %v", e.Line, e.Reason)
}

func (e *Error) Unwrap() error { return e.Reason }

// Read reads a zone of at most max records. Names without the last dot are
// below origin, in presentation form, until the file says $ORIGIN; "" stands
// for the root. An error of in is returned as it is, any other is an *Error.
func Read(in io.Reader, origin string, max int) (*Zone, error) {
	text := newLines(in)
	parser := dns.NewZoneParser(text, dns.Fqdn(origin), "")
	var records []Record
	seen := map[string]bool{}
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		entry, line := text.take()
		r, err := take(rr, entry)
		if err != nil {
			return nil, &Error{line, err}
		}
		if once := identity(r); !seen[once] {
			seen[once] = true
			records = append(records, Record{r, line})
		}
		if len(records) > max {
			return nil, &Error{line, fmt.Errorf("%w: at most %d are taken", ErrTooMany, max)}
		}
	}
	if err := parser.Err(); err != nil {
		return nil, parseError(err)
	}
	return check(records)
}

// take is a record as the library read it from entry, which is empty where a
// directive made the record.
func take(rr dns.RR, entry string) (record.RR, error) {
	if strings.TrimSpace(entry) == "" { // the library forgets $TTL in it
		return record.RR{}, errors.New("$GENERATE is not taken: write the records out")
	}
	if class := rr.Header().Class; class != dns.ClassINET {
		return record.RR{}, fmt.Errorf("class %s: want IN", dns.Class(class))
	}
	if rr.Header().Rrtype == dns.TypeSOA && !strings.Contains(entry, `\#`) && !wholeSOA(entry) {
		return record.RR{}, errors.New("SOA: want two names and five numbers")
	}
	return record.FromRR(rr)
}

// wholeSOA reports whether the text of an SOA record has all its fields: the
// library takes those that are missing for zeros.
func wholeSOA(entry string) bool {
	entry = escaped.ReplaceAllString(entry, "x") // may be a blank or a parenthesis in a name
	fields := strings.Fields(strings.NewReplacer("(", " ", ")", " ").Replace(entry))
	for i, f := range fields {
		if strings.EqualFold(f, "SOA") && len(fields)-i-1 == 7 {
			return true
		}
	}
	return false
}

var escaped = regexp.MustCompile(`(?s)\\.`)

// identity tells records apart (RFC 2181 section 5: the TTL does not).
func identity(r record.RR) string {
	return string(r.Name) + string([]byte{byte(r.Type >> 8), byte(r.Type)}) + string(record.Canonical(r.Type, r.Data))
}

// Parts of the library's errors: how they end, and what they say of a word
// that stands where a TTL, a class or a type is wanted.
var (
	place     = regexp.MustCompile(` at line: (\d+):\d+$`)
	wrongWord = regexp.MustCompile(`^(?:not a TTL|unknown RR type|expecting RR type or class, not this\.\.\.): "([A-Za-z][^"]*)"$`)
)

// parseError turns an error of the library into one of ours.
func parseError(err error) error {
	var wrong *dns.ParseError
	if !errors.As(err, &wrong) {
		return err
	}
	text := strings.TrimPrefix(err.Error(), "dns: ")
	line := 0
	if m := place.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.TrimSuffix(text, m[0])
	}
	if m := wrongWord.FindStringSubmatch(text); m != nil {
		text = wordError(m[1])
	}
	return &Error{line, errors.New(text)}
}

// wordError is what is wrong with a word in place of a TTL, class or type.
func wordError(word string) string {
	if n, known := record.Mnemonic(strings.ToUpper(word)); known {
		return fmt.Sprintf(`the text of %s is not read: write it as TYPE%d \# and its length and octets (RFC 3597 section 5)`, word, n)
	}
	return fmt.Sprintf(`%q is no TTL, no class and no known type: write other types as TYPEnnn \# and their length and octets (RFC 3597 section 5)`, word)
}
