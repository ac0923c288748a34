package snapshot

import (
	"os"
	"testing"
)

// TestCookieSecrets verifies that readers see the secrets that were set last,
// whatever happens to generations and the writer.
func TestCookieSecrets(t *testing.T) {
	dir := t.TempDir()
	w, err := OpenWriter(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r := OpenReader(dir)
	slot, err := r.NewSlot()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { slot.Leave(); r.Close() }()
	publish := func() {
		t.Helper()
		if err := w.BeginSync(0); err != nil {
			t.Fatal(err)
		}
		if _, err := w.EndSync(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Refresh(); err != nil {
			t.Fatal(err)
		}
	}
	publish()
	if s, ok := slot.Enter().CookieSecrets(); ok {
		t.Errorf("%v before any were set", s)
	}
	var last CookieSecrets
	for i := range uint64(5) {
		last = CookieSecrets{Sign: [2]uint64{i, 1}, Accept: [2]uint64{2, i}}
		w.SetCookieSecrets(last)
		if s, ok := slot.Enter().CookieSecrets(); !ok || s != last {
			t.Errorf("got %v, %v; want %v", s, ok, last)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w, err = OpenWriter(Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	publish()
	if s, ok := slot.Enter().CookieSecrets(); !ok || s != last {
		t.Errorf("after the writer's restart: %v, %v", s, ok)
	}
	if st, err := os.Stat(rootPath(dir)); err != nil || st.Mode().Perm()&0o007 != 0 {
		t.Errorf("root is for everybody: %v, %v", st.Mode(), err)
	}
}

// TestPackedSOA verifies the prepared form of a zone's SOA, and where there is
// none.
func TestPackedSOA(t *testing.T) {
	tests := []struct {
		name, apex, mname, rname string
		want                     string // labels before the pointers; "" stands for none
	}{
		{"below the apex", "Example.org.", "ns.example.org.", "host.EXAMPLE.org.", "\x02ns \x04host"},
		{"the apex itself", "example.org.", "example.org.", "a.b.example.org.", " \x01a\x01b"},
		{"mname elsewhere", "example.org.", "ns.example.com.", "host.example.org.", ""},
		{"rname elsewhere", "example.org.", "ns.example.org.", "host.org.", ""},
		{"a sibling", "example.org.", "ns.example.org.", "anexample.org.", ""},
		{"the root", ".", "ns.", "host.", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			soa := []byte{0, 6, 0, 1, 0, 0, 0, 60, 0, 0}
			soa = append(append(soa, mustName(t, tt.mname)...), mustName(t, tt.rname)...)
			soa = append(soa, make([]byte, 20)...)
			apex := lowerOf(mustName(t, tt.apex))
			packed := packSOA(nil, bytesOf(apex), soa)
			if (packed == nil) != (tt.want == "") {
				t.Fatalf("got % x", packed)
			}
			if packed == nil {
				return
			}
			m, r := int(packed[0]), int(packed[2])
			rr := packed[packedHeader:]
			if got := string(rr[rrFixed:m]) + " " + string(rr[m+2:r]); got != tt.want || len(rr) != r+2+20 ||
				int(rr[rrFixed-1]) != len(rr)-rrFixed {
				t.Errorf("got %q, % x", got, packed)
			}
		})
	}
}
