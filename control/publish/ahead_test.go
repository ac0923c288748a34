package publish

import "testing"

// TestKeyNamesLieApart verifies that the names of some keys share no memory, the
// room behind them included.
func TestKeyNamesLieApart(t *testing.T) {
	var k keyNames
	for range 2 { // the second time all of the memory is there
		k.clear()
		for _, key := range []string{"/skydns/a/b", "", "/skydns/a//b", "/skydns/c.d/", `/skydns/x\047y/z`} {
			k.add(key)
		}
	}
	for i, want := range []string{"\x01b\x01a\x00", "", "", "\x01c\x01d\x00", "\x01z\x03x/y\x00"} {
		if name := k.names[i]; string(name) != want || (k.errs[i] != nil) != (want == "") {
			t.Errorf("key %d: %q, %v, want %q", i, name, k.errs[i], want)
		}
	}
	_ = append(k.names[0], "zzzzzzzz"...)
	if string(k.names[3]) != "\x01c\x01d\x00" {
		t.Errorf("an append to a name makes another one %q", k.names[3])
	}
}
