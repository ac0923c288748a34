package publish

import "testing"

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
