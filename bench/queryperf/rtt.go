package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// percentiles are those of the round trip times that are printed.
var percentiles = []struct {
	name string
	of   float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}}

func (r *result) printRTT(w io.Writer, o *options) {
	beyond := uint64(0)
	longest := time.Duration(o.rows) * o.unit
	r.rtt.Each(func(upTo time.Duration, n uint64) {
		if upTo >= longest {
			beyond += n
		}
	})
	fmt.Fprintf(w, "  RTT max:              %.6f sec\n", r.rtt.Max().Seconds())
	fmt.Fprintf(w, "  RTT min:              %.6f sec\n", r.rtt.Min().Seconds())
	fmt.Fprintf(w, "  RTT average:          %.6f sec\n", r.rtt.Mean().Seconds())
	fmt.Fprintf(w, "  RTT std deviation:    %.6f sec\n", r.rtt.Deviation().Seconds())
	fmt.Fprintf(w, "  RTT out of range:     %d queries\n", beyond)
	for _, p := range percentiles {
		fmt.Fprintf(w, "  %-21s %.6f sec\n", "RTT "+p.name+":", r.rtt.Quantile(p.of).Seconds())
	}
	fmt.Fprintln(w)
}

// writeRTT writes the file of RTT data: a row for each unit of time in which
// answers came, with its end in microseconds.
func (r *result) writeRTT(o *options) error {
	rows := make([]uint64, o.rows)
	r.rtt.Each(func(upTo time.Duration, n uint64) {
		if row := int(upTo / o.unit); row < len(rows) {
			rows[row] += n
		}
	})
	var text []byte
	for i, n := range rows {
		if n > 0 {
			text = fmt.Appendf(text, "%d %d\n", (time.Duration(i+1) * o.unit).Microseconds(), n)
		}
	}
	if err := os.WriteFile(o.histogram, text, 0o644); err != nil {
		return fmt.Errorf("the RTT data (-H): %w", err)
	}
	return nil
}
