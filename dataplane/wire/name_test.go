package wire

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestParseNameAndBack(t *testing.T) {
	label := strings.Repeat("x", 63)
	tests := []struct {
		name, text, want string // want: text of the name, or the error
		fails            bool
	}{
		{"root", ".", ".", false},
		{"with dot", "www.Example.", "www.Example.", false},
		{"without dot", "www.example", "www.example.", false},
		{"escaped dot", `a\.b.c.`, `a\.b.c.`, false},
		{"decimal escape", `a\000\255.`, `a\000\255.`, false},
		{"space", `a\032b.`, `a\032b.`, false},
		{"label of 63", label + ".", label + ".", false},
		{"255 octets", strings.Repeat(label+".", 3) + strings.Repeat("y", 61) + ".",
			strings.Repeat(label+".", 3) + strings.Repeat("y", 61) + ".", false},
		{"256 octets", strings.Repeat(label+".", 3) + strings.Repeat("y", 62) + ".", ErrLongName.Error(), true},
		{"label of 64", label + "x.", ErrLongLabel.Error(), true},
		{"empty", "", ErrEmptyLabel.Error(), true},
		{"two dots", "a..b.", ErrEmptyLabel.Error(), true},
		{"dot first", ".a.", ErrEmptyLabel.Error(), true},
		{"escape above 255", `a\256.`, ErrBadEscape.Error(), true},
		{"escape cut short", `a\`, ErrBadEscape.Error(), true},
		{"two digits", `a\12`, ErrBadEscape.Error(), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name, err := ParseName(tt.text)
			if tt.fails {
				if err == nil || err.Error() != tt.want {
					t.Fatalf("got %q, %v; want error %q", name, err, tt.want)
				}
				return
			}
			if err != nil || NameString(name) != tt.want || !ValidName(name) {
				t.Errorf("got %q, %v; want %q", NameString(name), err, tt.want)
			}
		})
	}
}

func TestSkipName(t *testing.T) {
	tests := []struct {
		name string
		msg  []byte
		want int
	}{
		{"root", []byte{0}, 1},
		{"one label", []byte{1, 'a', 0, 9}, 3},
		{"nothing", nil, 0},
		{"no end", []byte{1, 'a'}, 0},
		{"label past the end", []byte{5, 'a', 0}, 0},
		{"pointer", []byte{1, 'a', 0xc0, 0}, 0},
		{"extended label type", []byte{0x41, 'a', 0}, 0},
		{"longer than 255", bytes.Repeat([]byte{1, 'a'}, 200), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SkipName(tt.msg, 0); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestLower8(t *testing.T) {
	for c := range 256 {
		for _, shift := range []int{0, 24, 56} {
			want := uint64(c)
			if c >= 'A' && c <= 'Z' {
				want += 'a' - 'A'
			}
			if got := Lower8(uint64(c) << shift); got != want<<shift {
				t.Errorf("octet %#x at bit %d: got %#x", c, shift, got)
			}
		}
	}
}

func TestIsSubdomain(t *testing.T) {
	tests := []struct {
		name, zone string
		want       bool
	}{
		{"a.example.", "example.", true},
		{"example.", "example.", true},
		{"example.", ".", true},
		{"example.", "a.example.", false},
		{"aexample.", "example.", false},
		{"a.b.", "c.", false},
	}
	for _, tt := range tests {
		name, _ := ParseName(tt.name)
		zone, _ := ParseName(tt.zone)
		if got := IsSubdomain(name, zone); got != tt.want {
			t.Errorf("%s in %s: %v", tt.name, tt.zone, got)
		}
	}
}

// TestHashesAgree verifies that all ways to hash a name give one value, at
// every length and whatever stands behind the name.
func TestHashesAgree(t *testing.T) {
	for l := 1; l <= MaxName; l++ {
		name := make([]byte, l)
		for i := range name {
			name[i] = "abcdefghij0123456789-klmnopqrstuvwxyz"[(i*7+l)%37]
		}
		checkHashes(t, name)
	}
}

// hashOf is the hash of a name, whatever its case.
func hashOf(name []byte, seed uint64) uint64 { return new(LowerName).Set(name, seed) }

func checkHashes(t *testing.T, name []byte) {
	t.Helper()
	const seed = 12345
	want := hashOf(name, seed)
	var n LowerName
	if n.Set(name, seed); n.Hash(seed) != want {
		t.Fatalf("%q: Set gives %x, Hash %x", name, want, n.Hash(seed))
	}
	upper := bytes.ToUpper(name)
	if got := hashOf(upper, seed); len(name) > 0 && got != want {
		t.Fatalf("%q: case changes the hash", name)
	}
	checkScan(t, append(append([]byte{}, name...), 0))
}

// perhapsUpper reports whether scan may take an octet for a letter of upper
// case.
func perhapsUpper(c byte) bool { return c&0x60 == 0x40 }

// checkScan verifies what scan says of octets that end in the only zero.
func checkScan(t *testing.T, name []byte) {
	t.Helper()
	const seed = 12345
	for room := range 20 {
		behind := append(append([]byte{}, name...), bytes.Repeat([]byte{0xff, 'A', 0}, 8)[:room]...)
		n, hash := scan(behind, seed)
		if n == 0 && room >= 16 && !slices.ContainsFunc(name, perhapsUpper) {
			t.Fatalf("%q is in lower case, but scan does not know", name)
		}
		if n != 0 && (n != len(name) || hash != hashOf(name, seed) || !bytes.Equal(name, AppendLower(nil, name))) {
			t.Fatalf("%q: scan says %d octets, hash %x", name, n, hash)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add([]byte("\x03www\x07example\x00"))
	f.Add([]byte{0xc0, 0x0c})
	f.Fuzz(func(t *testing.T, b []byte) {
		end := SkipName(b, 0)
		if end == 0 {
			return
		}
		name := b[:end]
		text := NameString(name)
		back, err := ParseName(text)
		if err != nil || !bytes.Equal(back, name) {
			t.Fatalf("%x is %q, which is %x, %v", name, text, back, err)
		}
		lower := AppendLower(nil, name)
		if hashOf(lower, 1) != hashOf(name, 1) || Labels(lower) != Labels(name) {
			t.Fatalf("%q: case matters", text)
		}
		var n LowerName
		if n.Set(name, 1) != hashOf(name, 1) {
			t.Fatalf("%q: Set and Hash differ", text)
		}
		if zero := bytes.IndexByte(b, 0); zero == end-1 {
			checkScan(t, name)
		}
	})
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte("\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00"))
	f.Add([]byte("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x1e\x00\x04\x7f\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		typ, rdata, end := SkipRecord(b, 0)
		if end == 0 {
			return
		}
		if rdata > end || end > len(b) {
			t.Fatalf("record of type %d from %d to %d in %d octets", typ, rdata, end, len(b))
		}
		if o, ok := ReadOPT(b[:end], 0); ok {
			checkOPT(t, b[:end], o)
		}
	})
}

// checkOPT verifies that o says what the record does, and that its options are
// valid where miekg/dns, as an OPT of options that it has no idea of, reads them.
func checkOPT(t *testing.T, record []byte, o OPT) {
	t.Helper()
	again := make([]byte, OPTLen)
	PutOPT(again, o.Size, record[5], o.DO, uint16(len(o.Options)))
	again[6], again[7], again[8] = o.Version, again[7]|record[7]&0x7f, record[8]
	again[1], again[2] = record[1], record[2] // ReadOPT does not look at the type
	if !bytes.Equal(again, record[:OPTLen]) || !bytes.Equal(o.Options, record[OPTLen:]) {
		t.Fatalf("% x reads as %+v", record, o)
	}
	unknown := bytes.Clone(record)
	copy(unknown[1:], []byte{0, TypeOPT})
	for at := OPTLen; at+4 <= len(unknown); at += 4 + int(unknown[at+2])<<8 + int(unknown[at+3]) {
		unknown[at], unknown[at+1] = 0xfd, 0xe9
	}
	if _, _, err := dns.UnpackRR(unknown, 0); (err == nil) != ValidOptions(o.Options) {
		t.Fatalf("options % x: valid %v, miekg/dns says %v", o.Options, ValidOptions(o.Options), err)
	}
}

func TestOPT(t *testing.T) {
	b := make([]byte, OPTLen)
	PutOPT(b, 1232, 1, true, 0)
	if want := []byte{0, 0, 41, 0x04, 0xd0, 1, 0, 0x80, 0, 0, 0}; !bytes.Equal(b, want) {
		t.Errorf("got %x, want %x", b, want)
	}
	if o, ok := ReadOPT(b, 0); !ok || o.Size != 1232 || !o.DO || o.Version != 0 || len(o.Options) != 0 {
		t.Errorf("read back %+v, %v", o, ok)
	}
	bad := append(append([]byte{}, b[:9]...), 0, 3, 0, 8, 0)
	if o, ok := ReadOPT(bad, 0); !ok || ValidOptions(o.Options) {
		t.Error("an option cut short is accepted")
	}
}
