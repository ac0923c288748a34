package rfc8906

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table in README.md anew")

// Columns of the table, from the first that a server fills.
const (
	socketUDP = iota + 2
	socketTCP
	dpdkUDP
	dpdkTCP
	columns
)

// tableStart is the line above the rows.
const tableStart = "|---|---|---|---|---|---|\n"

// document is README.md, cut around the table's rows.
func document(t *testing.T) (before, rows, after string) {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), tableStart)
	if !found {
		t.Fatal("README.md has no table")
	}
	rows, after, _ = strings.Cut(rest, "\n\n")
	return before + tableStart, rows, "\n\n" + after
}

// row is the cells of the case's row; made anew if there is none.
func row(rows, section, query string) []string {
	for line := range strings.Lines(rows) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == columns && cells[0] == section && cells[1] == query {
			return cells
		}
	}
	return []string{section, query, "", "", "", ""}
}

// record compares a column of the table with what the cases gave, or writes it.
func record(t *testing.T, column int, got map[string]string) {
	t.Helper()
	before, rows, after := document(t)
	var table []string
	for _, c := range cases {
		cells := row(rows, c.section, "`"+c.dig+"`")
		if text, asked := got[c.section]; !asked {
			continue // a subtest failed before it had one
		} else if *update {
			cells[column] = text
		} else if cells[column] != text {
			t.Errorf("%s: README.md says %q, the reply is %q: go test ./tools/rfc8906 -update", c.section, cells[column], text)
		}
		table = append(table, fmt.Sprintf("| %s |", strings.Join(cells, " | ")))
	}
	if *update && !t.Failed() {
		if err := os.WriteFile("README.md", []byte(before+strings.Join(table, "\n")+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
