package publish

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/control/record"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// TestNamesInTwoCases verifies that records which differ in the case of a name
// alone are one, whoever wrote them.
func TestNamesInTwoCases(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.sync(
		`/skydns/local/skydns/a/x1 {"host":"B.example.","mail":true,"priority":1,"ttl":60}`,
		`/skydns/local/skydns/a/x2 {"host":"b.EXAMPLE.","mail":true,"priority":1,"ttl":60}`,
		`/skydns/local/skydns/b/x1 {"type":"RP","rdata":"A.z. b.z.","ttl":60}`,
		`/skydns/local/skydns/b/x2 {"type":"RP","rdata":"a.z. b.z.","ttl":60}`,
		`/skydns/local/skydns/c/x1 {"type":"TXT","text":"A","ttl":60}`,
		`/skydns/local/skydns/c/x2 {"type":"TXT","text":"a","ttl":60}`)
	f.want("a.skydns.local.", "MX 60 1 B.example.")
	f.want("b.skydns.local.", "RP 60 A.z. b.z.")
	f.want("c.skydns.local.", `TXT 60 "A"`, `TXT 60 "a"`)
}

// TestRRsetLargerThanAMessage verifies that what nobody could ask for is not
// published, and that the rest is, with one report.
func TestRRsetLargerThanAMessage(t *testing.T) {
	f := newFixture(t, t.TempDir())
	a := parse(t, "a.skydns.local.")
	var many []string
	for i := range 5000 {
		key, value, err := record.New(a, record.Message{Host: fmt.Sprintf("10.0.%d.%d", i>>8, i&255)})
		if err != nil {
			t.Fatal(err)
		}
		many = append(many, key+" "+string(value))
	}
	f.sync(append(many, `/skydns/local/skydns/b {"text":"`+strings.Repeat("x", 65_200)+`"}`)...)
	set := f.writer.Get(a)
	if len(set) != 1 || set[0].Type != wire.TypeA {
		t.Fatalf("got %d RRsets", len(set))
	}
	const header, question, size = 12, 255 + 4, 12 + 4
	if got := header + question + len(set[0].Data)*size; got > 65535 || got < 65535-512 {
		t.Errorf("%d octets of a message are published", got)
	}
	f.want("b.skydns.local.")
	if got := f.refusedCount("size"); got != 2 {
		t.Errorf("%d reports of size, want 2", got)
	}
}
