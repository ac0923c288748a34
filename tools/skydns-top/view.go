package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// view is the rates as lines of text, without colours.
func view(addr string, r *rates) []string {
	lines := []string{
		fmt.Sprintf("skydns-top  %s  over %v", addr, r.apart.Round(time.Millisecond)),
		fmt.Sprintf("queries/s %s   drops/s %s   lost/s %s   TCP connections %s   generations %s taken, %s refused",
			number(r.queries), number(r.dropped), number(r.lost), number(r.tcp), number(r.changes), number(r.refused)),
		"",
		fmt.Sprintf("%-6s %12s %7s %7s %7s %14s %10s %10s %10s", "CORE", "QUERIES/S", "BUSY", "QUEUE", "BATCH", "CYCLES/QUERY", "TURN p50", "p99", "DROPS/S"),
	}
	for _, c := range r.cores {
		lines = append(lines, fmt.Sprintf("%-6s %12s %6.1f%% %6.1f%% %7.1f %14s %10s %10s %10s", c.number, number(c.queries), 100*c.busy, 100*c.fill, c.batch,
			number(c.cycles), seconds(c.median), seconds(c.worst), number(c.dropped)))
	}
	lines = append(lines, "", fmt.Sprintf("%-18s %12s %7s", "VERDICT", "QUERIES/S", "SHARE"))
	for i, c := range r.verdicts {
		if c.n > 0 || i == 0 {
			lines = append(lines, fmt.Sprintf("%-18s %12s %6.2f%%", c.what, number(c.n), 100*divide(c.n, r.queries)))
		}
	}
	if len(r.drops) > 0 {
		lines = append(lines, "", fmt.Sprintf("%-24s %6s", "DROPPED", "/S"))
		for _, c := range r.drops {
			lines = append(lines, fmt.Sprintf("%-24s %6s", c.what, number(c.n)))
		}
	}
	return append(lines, viewNames(r)...)
}

// viewNames is the lines of the names.
func viewNames(r *rates) []string {
	if r.nameErr != nil {
		return []string{"", r.nameErr.Error()}
	}
	if len(r.names) == 0 {
		return nil
	}
	lines := []string{"", fmt.Sprintf("%-60s %14s %10s", "NAMES ASKED FOR MOST, SINCE THE START", "QUERIES", "AT MOST -")}
	for _, n := range r.names {
		lines = append(lines, fmt.Sprintf("%-60s %14s %10s", n.Domain, number(float64(n.ReqCount)), number(float64(n.ErrorBound))))
	}
	return lines
}

// number is n with three digits that count, and commas.
func number(n float64) string {
	if n != 0 && math.Abs(n) < 100 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0")
	}
	digits := fmt.Sprintf("%.0f", n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// seconds is a time in the unit that fits it.
func seconds(s float64) string {
	switch {
	case s == 0:
		return "-"
	case s < 1e-3:
		return fmt.Sprintf("%.1f µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.1f ms", s*1e3)
	}
	return fmt.Sprintf("%.1f s", s)
}
