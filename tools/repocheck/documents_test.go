package repocheck

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmes wants a README in each folder at the top, naming each of the
// folders in it that hold Go code.
func TestReadmes(t *testing.T) {
	children := map[string]map[string]bool{} // folder at the top → folders in it with Go code
	for _, path := range files(t) {
		parts := strings.Split(path, "/")
		if !strings.HasSuffix(path, ".go") || len(parts) < 2 {
			continue
		}
		if children[parts[0]] == nil {
			children[parts[0]] = map[string]bool{}
		}
		if len(parts) > 2 {
			children[parts[0]][parts[1]] = true
		}
	}
	rootReadme := read(t, "README.md")
	for folder, inside := range children {
		if !bytes.Contains(rootReadme, []byte(folder+"/")) {
			t.Errorf("README.md does not name %s/", folder)
		}
		readme, err := os.ReadFile(filepath.Join(root, folder, "README.md"))
		if err != nil {
			t.Errorf("%s has no README.md", folder)
			continue
		}
		for child := range inside {
			if !bytes.Contains(readme, []byte(child)) {
				t.Errorf("%s/README.md does not name %s", folder, child)
			}
		}
	}
}

// TestLinks wants every relative link of a document to lead to a file.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, path := range files(t) {
		if filepath.Ext(path) != ".md" {
			continue
		}
		for _, m := range link.FindAllSubmatch(read(t, path), -1) {
			target := filepath.Join(root, filepath.Dir(path), string(m[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link to %s, which is not there", path, m[1])
			}
		}
	}
}
