package repocheck

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)

// TestFuzzTargetsHaveCorpora wants inputs under git for each fuzz target: with
// them every go test is a small part of what make fuzz has found.
func TestFuzzTargetsHaveCorpora(t *testing.T) {
	all := files(t)
	has := map[string]bool{} // folders with a file
	for _, name := range all {
		has[path.Dir(name)] = true
	}
	for _, name := range all {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range fuzzTarget.FindAllSubmatch(read(t, name), -1) {
			if dir := path.Join(path.Dir(name), "testdata/fuzz", string(m[1])); !has[dir] {
				t.Errorf("%s: nothing in %s", name, dir)
			}
		}
	}
}
