package repocheck

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the root of the tree, seen from this package's folder.
const root = "../.."

// files returns the paths below the root of all source files and documents,
// slash-separated; not those of git, of builds or of a running sample.
func files(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if rel == ".git" || rel == "bin" || rel == "run" {
				return filepath.SkipDir
			}
			return nil
		}
		found = append(found, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
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
