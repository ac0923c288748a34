package repocheck

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the root of the tree, seen from this package's folder.
const root = "../.."

// files returns the paths below the root of all that is, or is about to be,
// under git: slash-separated, without what .gitignore names.
func files(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var found []string
	for _, path := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if info, err := os.Stat(filepath.Join(root, path)); err == nil && info.Mode().IsRegular() {
			found = append(found, path)
		}
	}
	return found
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOnePackageCommentEach(t *testing.T) {
	comments := map[string][]string{} // folder → files with a package comment
	for _, path := range files(t) {
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		folder := filepath.Dir(path)
		if _, seen := comments[folder]; !seen {
			comments[folder] = nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, read(t, path), parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc == nil {
			continue
		}
		if strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s: the package comment belongs into a file that is not a test", path)
			continue
		}
		comments[folder] = append(comments[folder], path)
		checkPackageComment(t, path, f)
	}
	for folder, with := range comments {
		if len(with) != 1 {
			t.Errorf("%s: %d package comments, want one: %v", folder, len(with), with)
		}
	}
}

// checkPackageComment wants the form that godoc shows in its lists.
func checkPackageComment(t *testing.T, path string, f *ast.File) {
	t.Helper()
	text := f.Doc.Text()
	want := "Package " + f.Name.Name + " "
	if f.Name.Name == "main" {
		// godoc's form for a program: its name, capitalised, is its folder's.
		name := filepath.Base(filepath.Dir(path))
		want = strings.ToUpper(name[:1]) + name[1:] + " "
		if strings.HasPrefix(text, "Command "+name+" ") {
			return
		}
	}
	if !strings.HasPrefix(text, want) {
		t.Errorf("%s: the package comment begins %.30q, want %q", path, text, want)
	}
}

// TestNoLeftOvers finds plans and the traces of one machine. The words are
// put together here so that this file is free of them.
func TestNoLeftOvers(t *testing.T) {
	words := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "/wo" + "rk/main", "/wo" + "rk/shared"}
	for _, path := range files(t) {
		if filepath.Ext(path) == ".pcap" || path == "go.sum" || strings.Contains(path, "/testdata/") {
			continue
		}
		data := read(t, path)
		for _, word := range words {
			if i := bytes.Index(data, []byte(word)); i >= 0 {
				t.Errorf("%s:%d: %s: finish it or write an issue", path, 1+bytes.Count(data[:i], []byte("\n")), word)
			}
		}
	}
}
