// Command plot draws the figures that benchmarks printed: cycles over the number
// of names, the rate over cores, and the time of answers over load, as
// cycles.svg, cores.svg and latency.svg.
//
// It is a module of its own, so that what draws is no dependency of the project.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	in := flag.String("in", "", "file with FIGURE lines")
	out := flag.String("out", ".", "folder for the plots")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

// figure is what a FIGURE line holds of use here; bench/README.md lists the names.
type figure struct {
	Name, Kind, During, Peer, Machine string
	Names, Queries, Batch, Cores      int
	Load, Value, P50, P99             float64
	PeerValue                         float64 `json:"peer_value"`
}

func run(in, out string) error {
	file, err := os.Open(in)
	if err != nil {
		return err
	}
	defer file.Close()
	figures, err := read(file)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	for name, c := range map[string]*chart{"cycles.svg": cycles(figures), "cores.svg": cores(figures), "latency.svg": latency(figures)} {
		if len(c.lines) == 0 {
			return fmt.Errorf("%s: no figures for %s: run all benchmarks", in, name)
		}
		if err := c.save(filepath.Join(out, name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// read reads the FIGURE lines of what benchmarks printed.
func read(r io.Reader) (figures []figure, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "FIGURE ")
		if !ok {
			continue
		}
		var f figure
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		figures = append(figures, f)
	}
	return figures, lines.Err()
}
