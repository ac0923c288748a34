package record

import "testing"

// BenchmarkParse is the cost of a record of ours with one address.
func BenchmarkParse(b *testing.B) {
	zone := wireName(b, "skydns.local")
	key, value, err := New(wireName(b, "service-0012345.namespace012.skydns.local"), Message{Type: "A", Host: "10.1.2.3"})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, err := Parse(key, value)
			if err != nil || len(r.RRs(zone)) != 1 {
				b.Fatal(err)
			}
		}
	})
	b.Run("in the memory of the last", func(b *testing.B) {
		b.ReportAllocs()
		var name []byte
		var r Record
		for b.Loop() {
			name, err = AppendKeyName(name[:0], key)
			if err != nil || r.ParseAt(name, value) != nil || len(r.RRs(zone)) != 1 {
				b.Fatal(err)
			}
		}
	})
}
