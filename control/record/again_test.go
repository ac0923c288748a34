package record

import (
	"reflect"
	"strings"
	"testing"
)

// TestParseInTheMemoryOfTheLast verifies that nothing of what a Record was shows
// in what it becomes, an error included.
func TestParseInTheMemoryOfTheLast(t *testing.T) {
	names := [][]byte{wireName(t, "x1.a.skydns.local"), wireName(t, "rr-0123456789abc.a.skydns.local")}
	values := []string{
		`{"host":"10.0.0.1","port":80,"mail":true,"group":"g","priority":3}`, `{"host":"b.skydns.local"}`, `{"text":"x"}`,
		`{"type":"SRV","host":"10.0.0.4","port":8,"user":"u"}`, `{"type":"A","host":"10.0.0.3","ttl":5}`,
		`{"type":"RP","rdata":"a.z. b.z."}`, `{"type":"A","host":"b"}`, `{"type":"X"}`, `{"host":`, `{"ttl":4294967295}`, `{}`,
		`{"text":"` + strings.Repeat("x", maxRdata) + `"}`,
	}
	var r Record
	for _, before := range values {
		for _, value := range values {
			for _, name := range names {
				_ = r.ParseAt(names[0], []byte(before))
				err := r.ParseAt(name, []byte(value))
				want, wantErr := ParseAt(name, []byte(value))
				if !alike(r, want) || Reason(err) != Reason(wantErr) {
					t.Fatalf("%.40s after %.40s: %+v, %v, want %+v, %v", value, before, r, err, want, wantErr)
				}
				if err != nil && !alike(r, Record{}) {
					t.Fatalf("%.40s: %+v after %v", value, r, err)
				}
			}
		}
	}
}

// alike compares records, whatever memory they have.
func alike(a, b Record) bool {
	if len(a.rrs) != len(b.rrs) {
		return false
	}
	for i := range a.rrs {
		if !reflect.DeepEqual(a.rrs[i], b.rrs[i]) {
			return false
		}
	}
	a.rrs, b.rrs = nil, nil
	return reflect.DeepEqual(a, b)
}
