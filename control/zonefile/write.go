package zonefile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// Write writes a zone as a master file: the SOA first, then the names in
// canonical order (RFC 4034 section 6.1), every name complete. It sorts rrs.
func Write(out io.Writer, apex []byte, rrs []record.RR) error {
	slices.SortFunc(rrs, func(a, b record.RR) int { return compare(a, b) })
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "$ORIGIN %s\n", wire.NameString(apex))
	for _, rr := range rrs {
		text, err := rr.DataText()
		if err != nil {
			return fmt.Errorf("write %s: %w", wire.NameString(rr.Name), err)
		}
		fmt.Fprintf(w, "%s\t%d\tIN\t%s\t%s\n", wire.NameString(rr.Name), rr.TTL, record.TypeText(rr.Type), text)
	}
	return w.Flush()
}

// compare orders records: by name, SOA and NS first, by type, by data.
func compare(a, b record.RR) int {
	if c := compareNames(a.Name, b.Name); c != 0 {
		return c
	}
	if c := rank(a.Type) - rank(b.Type); c != 0 {
		return c
	}
	return bytes.Compare(a.Data, b.Data)
}

func rank(rrtype uint16) int {
	switch rrtype {
	case wire.TypeSOA:
		return -2
	case wire.TypeNS:
		return -1
	}
	return int(rrtype)
}

// compareNames orders names in wire form and lower case by their labels from
// the right (RFC 4034 section 6.1).
func compareNames(a, b []byte) int {
	la, lb := labels(a), labels(b)
	for i := 1; i <= min(len(la), len(lb)); i++ {
		if c := bytes.Compare(la[len(la)-i], lb[len(lb)-i]); c != 0 {
			return c
		}
	}
	return len(la) - len(lb)
}

func labels(name []byte) [][]byte {
	var list [][]byte
	for ; len(name) > 0 && name[0] != 0; name = wire.Parent(name) {
		list = append(list, name[1:1+name[0]])
	}
	return list
}
