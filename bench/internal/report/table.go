package report

import (
	"fmt"
	"io"
	"strings"
)

// Table is a markdown table whose columns line up. The first column is text,
// the others are figures.
type Table struct {
	head []string
	rows [][]string
}

// NewTable makes a table with these columns.
func NewTable(columns ...string) *Table { return &Table{head: columns} }

// Row adds a row: numbers are shown as Figure.Print rounds them.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		if v, ok := c.(float64); ok {
			c = round(v)
		}
		row[i] = fmt.Sprint(c)
	}
	t.rows = append(t.rows, row)
}

// Print writes the table and an empty line.
func (t *Table) Print(w io.Writer) {
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, c := range row {
			width[i] = max(width[i], len([]rune(c)), 3)
		}
	}
	printRow(w, t.head, width)
	rule := make([]string, len(width))
	for i, n := range width {
		rule[i] = strings.Repeat("-", n-1) + ":"
	}
	rule[0] = strings.Repeat("-", width[0])
	printRow(w, rule, width)
	for _, row := range t.rows {
		printRow(w, row, width)
	}
	fmt.Fprintln(w)
}

func printRow(w io.Writer, row []string, width []int) {
	for i, c := range row {
		n := width[i]
		if i == 0 {
			n = -n
		}
		fmt.Fprintf(w, "| %*s ", n, c)
	}
	fmt.Fprintln(w, "|")
}
