package record

import "testing"

// scanned are values, and whether scan reads them itself.
var scanned = map[string]bool{
	`{"host":"10.0.0.1","ttl":30,"type":"A"}`:                            true,
	`{"host":"a.b","port":65535,"priority":0,"weight":7,"mail":true}`:    true,
	`{"text":"a b","targetstrip":255,"group":"g","user":"u","rdata":""}`: true,
	`{}`:                           true,
	`{"host":"a","host":"b"}`:      true,
	`{"port":65536}`:               false,
	`{"port":01}`:                  false,
	`{"port":1.0}`:                 false,
	`{"port":-1}`:                  false,
	`{"ttl":99999999999999999999}`: false,
	`{"mail":false}`:               false,
	`{"Host":"a"}`:                 false,
	`{"other":1}`:                  false,
	`{"host": "a"}`:                false,
	`{"host":"a\\u0062"}`:          false,
	`{"host":"\xff"}`:              false,
	`{"host":"a"`:                  false,
	`{"host":"a"}x`:                false,
	`{,}`:                          false,
	`{"host":"a",}`:                false,
	`{"host":null}`:                false,
	`[]`:                           false,
	``:                             false,
}

func TestScan(t *testing.T) {
	for value, want := range scanned {
		if m, ok := scan([]byte(value)); ok != want {
			t.Errorf("%s: %v, %+v", value, ok, m)
		}
		compareScan(t, []byte(value))
	}
}

// compareScan checks that what scan reads encoding/json reads alike.
func compareScan(t *testing.T, value []byte) {
	t.Helper()
	if m, ok := scan(value); ok {
		if want, err := unmarshal(value); err != nil || m != want {
			t.Errorf("%q: got %+v, want %+v, %v", value, m, want, err)
		}
	}
}

func FuzzScan(f *testing.F) {
	for value := range scanned {
		f.Add([]byte(value))
	}
	f.Fuzz(compareScan)
}

func BenchmarkDecode(b *testing.B) {
	value := []byte(`{"host":"192.168.10.17","ttl":30,"type":"A"}`)
	for name, read := range map[string]func([]byte) (Message, error){"scan": decode, "json": unmarshal} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
