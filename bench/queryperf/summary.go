package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

func rcodeName(rcode int) string {
	if name, ok := dns.RcodeToString[rcode]; ok {
		return name
	}
	return strconv.Itoa(rcode)
}

// questionText is the name and type of one of our queries.
func questionText(query []byte) string {
	end := questionEnd(query)
	kind := uint16(query[end-4])<<8 | uint16(query[end-3])
	return wire.NameString(query[wire.HeaderLen:end-4]) + " " + dns.Type(kind).String()
}

// seconds is how long the run took: from its start to the last answer.
func (r *result) seconds() float64 { return max(time.Duration(r.last), 1).Seconds() }

// qps is queries completed a second.
func (r *result) qps() float64 { return float64(r.completed.Load()) / r.seconds() }

// percent is n of the queries sent, in percent.
func (r *result) percent(n uint64) float64 {
	if r.sent.Load() == 0 {
		return 0
	}
	return 100 * float64(n) / float64(r.sent.Load())
}

// print prints the results in the form that the options ask for, and writes
// the file of RTT data.
func (r *result) print(w io.Writer, o *options) error {
	out := bufio.NewWriter(w)
	if o.json {
		r.printJSON(out)
	} else {
		r.printText(out, o)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if o.histogram != "" {
		return r.writeRTT(o)
	}
	return nil
}

// printText prints what ISC's queryperf prints, in its form, and behind that
// what it does not.
func (r *result) printText(w io.Writer, o *options) {
	once := o.total(r.queries) == uint64(r.queries)
	fmt.Fprintf(w, "\nStatistics:\n\n")
	if once {
		fmt.Fprintf(w, "  Parse input file:     once\n")
	} else {
		fmt.Fprintf(w, "  Parse input file:     multiple times\n")
	}
	if o.limit > 0 {
		fmt.Fprintf(w, "  Run time limit:       %g seconds\n", o.limit.Seconds())
	}
	switch {
	case !once:
		fmt.Fprintf(w, "  Ran through file:     %d times\n", r.sent.Load()/uint64(r.queries))
	case r.sent.Load() < uint64(r.queries):
		fmt.Fprintf(w, "  Ended due to:         reaching time limit\n")
	default:
		fmt.Fprintf(w, "  Ended due to:         reaching end of file\n")
	}
	fmt.Fprintf(w, "\n  Queries sent:         %d queries\n", r.sent.Load())
	fmt.Fprintf(w, "  Queries completed:    %d queries\n", r.completed.Load())
	fmt.Fprintf(w, "  Queries lost:         %d queries\n", r.lost.Load())
	fmt.Fprintf(w, "  Queries delayed(?):   %d queries\n\n", r.delayed)
	r.printRTT(w, o)
	if o.rcodes {
		r.printRcodes(w)
	}
	fmt.Fprintf(w, "  Percentage completed: %6.2f%%\n", r.percent(r.completed.Load()))
	fmt.Fprintf(w, "  Percentage lost:      %6.2f%%\n\n", r.percent(r.lost.Load()))
	end := r.start.Add(time.Duration(r.last))
	fmt.Fprintf(w, "  Started at:           %s\n", r.start.Format(time.ANSIC))
	fmt.Fprintf(w, "  Finished at:          %s\n", end.Format(time.ANSIC))
	fmt.Fprintf(w, "  Ran for:              %.6f seconds\n\n", r.seconds())
	fmt.Fprintf(w, "  Queries per second:   %.6f qps\n\n", r.qps())
	if o.rate > 0 {
		fmt.Fprintf(w, "  Total QPS/target:     %.6f/%g qps\n\n", float64(r.sent.Load())/r.seconds(), o.rate)
	}
}

func (r *result) printRcodes(w io.Writer) {
	for rcode, n := range r.rcode {
		if n > 0 {
			fmt.Fprintf(w, "  Returned %8s:    %d queries\n", rcodeName(rcode), n)
		}
	}
	fmt.Fprintf(w, "  Answers truncated:    %d queries\n", r.truncated)
	fmt.Fprintf(w, "  Answers wrong:        %d queries\n\n", r.wrong)
}

// printJSON prints one object: times in microseconds.
func (r *result) printJSON(w io.Writer) {
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	rtt := map[string]float64{
		"min": us(r.rtt.Min()), "mean": us(r.rtt.Mean()), "deviation": us(r.rtt.Deviation()), "max": us(r.rtt.Max()),
	}
	for _, p := range percentiles {
		rtt[p.name] = us(r.rtt.Quantile(p.of))
	}
	codes := map[string]uint64{}
	for rcode, n := range r.rcode {
		if n > 0 {
			codes[rcodeName(rcode)] = n
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"sent": r.sent.Load(), "completed": r.completed.Load(), "lost": r.lost.Load(), "delayed": r.delayed,
		"wrong": r.wrong, "truncated": r.truncated, "seconds": r.seconds(), "qps": r.qps(), "rtt_us": rtt, "rcodes": codes,
	}) // into memory
}

// intermediate prints a line after each interval until ended is closed.
func intermediate(w io.Writer, interval time.Duration, askers []*asker, ended <-chan struct{}) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	before := uint64(0)
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		var sent, completed, lost uint64
		for _, a := range askers {
			sent += a.sent.Load()
			completed += a.completed.Load()
			lost += a.lost.Load()
		}
		fmt.Fprintf(w, "[Status] %d sent, %d completed, %d lost, %.0f qps\n", sent, completed, lost,
			float64(completed-before)/interval.Seconds())
		before = completed
	}
}
