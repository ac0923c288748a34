package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// ferretCase is what a case of the Ferret dataset expects; see the README
// beside the cases.
type ferretCase struct {
	ID     int
	Expect struct {
		answered
		AuthorityAgreed  bool `json:"authority_agreed"`
		AdditionalAgreed bool `json:"additional_agreed"`
	}
}

// TestFerret pipes all cases of the Ferret dataset through the program, and
// wants of each the answer on which BIND, Knot, NSD and PowerDNS agree.
func TestFerret(t *testing.T) {
	f, err := os.Open("../../dataplane/engine/testdata/ferret/cases.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var cases, out, stderr bytes.Buffer
	if _, err := cases.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	want := json.NewDecoder(bytes.NewReader(cases.Bytes()))
	if code := run([]string{"-jsonl"}, &cases, &out, &stderr, nil); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	n, failed := 0, 0
	for lines := json.NewDecoder(&out); want.More(); n++ {
		var c ferretCase
		var got struct {
			ID    int
			Error string
			answered
		}
		if err := want.Decode(&c); err != nil {
			t.Fatal(err)
		}
		if err := lines.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Error != "" || got.ID != c.ID || !c.accepts(&got.answered) {
			t.Errorf("case %d: got %+v, want %+v", c.ID, got, c.Expect)
			if failed++; failed == 10 {
				t.Fatalf("too many; stopped after %d cases", n)
			}
		}
	}
	if n < 6310 {
		t.Errorf("%d cases, want 6310", n)
	}
}

// accepts reports whether a reply is the expected one as far as that binds.
func (c *ferretCase) accepts(got *answered) bool {
	e := &c.Expect
	return got.Rcode == e.Rcode && got.AA == e.AA && same(got.Answer, e.Answer) &&
		(!e.AuthorityAgreed || same(got.Authority, e.Authority)) &&
		(!e.AdditionalAgreed || same(got.Additional, e.Additional))
}

// same compares sections as sets, names without regard to case.
func same(a, b []string) bool {
	norm := func(s []string) []string {
		list := strings.Split(strings.ToLower(strings.Join(s, "\n")), "\n")
		slices.Sort(list)
		return slices.Compact(list)
	}
	return slices.Equal(norm(a), norm(b))
}
