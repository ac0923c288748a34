package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// all is every option, in the order of the help. It is set here because the
// help, one of them, lists it.
var all []option

func init() {
	all = append(append(isc(), ours()...), option{'h', none, "", "print this usage", func(o *options, _ string) error { o.help = true; return nil }, nil})
}

// isc is the options of ISC's queryperf. -n and -c take an argument here.
func isc() []option {
	return []option{
		{'d', required, "datafile", "the queries: a name and a type on each line (default: stdin)", text(func(o *options) *string { return &o.data }), nil},
		{'s', required, "server_addr", "the server to ask (default: localhost)", text(func(o *options) *string { return &o.server }), nil},
		{'p', required, "port", "the port on which to ask it (default: 53)", count(func(o *options) *int { return &o.port }, 1, 65535), nil},
		{'q', required, "num_queries", "the most queries outstanding (default: 20; with -T: no bound)", count(func(o *options) *int { return &o.outstanding }, 1, maxOutstanding), nil},
		{'t', required, "timeout", "seconds after which a query is lost (default: 5)", span(func(o *options) *time.Duration { return &o.timeout }), nil},
		{'n', optional, "times", "go through the data that many times; without a number: ignore the directives in it",
			func(o *options, v string) (err error) {
				if o.ignore = o.ignore || v == ""; v != "" {
					o.times, err = number(v, 1, 1<<30)
				}
				return err
			},
			func(word string) bool { _, err := strconv.Atoi(word); return err == nil }},
		{'l', required, "limit", "seconds after which to stop (default: none)", span(func(o *options) *time.Duration { return &o.limit }), nil},
		{'1', none, "", "go through the data once (default: again and again if there is a limit)", flag(func(o *options) *bool { return &o.once }), nil},
		{'b', required, "bufsize", "the sockets' buffers in kilobytes (default: 4096)", func(o *options, v string) error {
			n, err := number(v, 1, 1<<20)
			o.buffer = n << 10
			return err
		}, nil},
		{'i', required, "interval", "seconds between lines of intermediate results (default: none)", span(func(o *options) *time.Duration { return &o.interval }), nil},
		{'f', required, "family", "of the server's address: inet, inet6 or any (default: any)", func(o *options, v string) error {
			o.family = v
			if v != "inet" && v != "inet6" && v != "any" {
				return fmt.Errorf("want inet, inet6 or any, not %q", v)
			}
			return nil
		}, nil},
		{'r', required, "arraysize", "rows of the RTT data file (default: 50000)", count(func(o *options) *int { return &o.rows }, 1, 1<<24), nil},
		{'u', required, "unit", "of its rows, in microseconds (default: 100)", func(o *options, v string) error {
			n, err := number(v, 1, 1e6)
			o.unit = time.Duration(n) * time.Microsecond
			return err
		}, nil},
		{'H', required, "histfile", "write the RTT data to a file: microseconds and a number a line (default: none)", text(func(o *options) *string { return &o.histogram }), nil},
		{'T', required, "qps", "queries a second, sent when they are due whether or not answers come; RTT counts from then (default: as fast as answers come)", func(o *options, v string) error {
			rate, err := strconv.ParseFloat(v, 64)
			if err != nil || rate < 0 || rate > 1e9 {
				return fmt.Errorf("want queries a second, not %q", v)
			}
			o.rate = rate
			return nil
		}, nil},
		{'e', none, "", "queries with EDNS", flag(func(o *options) *bool { return &o.edns }), nil},
		{'D', none, "", "with its DNSSEC OK bit (implies -e)", flag(func(o *options) *bool { return &o.do }), nil},
		{'R', none, "", "without recursion desired", flag(func(o *options) *bool { return &o.noRD }), nil},
		{'c', optional, "file", "print how many answers had each rcode; with a file: check answers against those in it",
			func(o *options, v string) error { o.rcodes, o.expected = true, v; return nil },
			func(word string) bool { return !strings.HasPrefix(word, "-") }},
		{'v', none, "", "print the rcode of each answer", flag(func(o *options) *bool { return &o.verbose }), nil},
	}
}

// ours is the options that ISC's queryperf does not have.
func ours() []option {
	return []option{
		{'A', required, "addresses", "ask from these addresses and prefixes, with commas between", func(o *options, v string) (err error) {
			o.clients, err = addresses(v)
			return err
		}, nil},
		{'P', required, "ports", "at each address, from as many ports (default: 1)", count(func(o *options) *int { return &o.ports }, 1, 60_000), nil},
		{'W', required, "threads", "that ask, with sockets of their own (default: 1)", count(func(o *options) *int { return &o.threads }, 1, 1024), nil},
		{'K', required, "cores", "bind the threads to these, with commas between", func(o *options, v string) error {
			for word := range strings.SplitSeq(v, ",") {
				n, err := number(word, 0, 1023)
				if err != nil {
					return err
				}
				o.cores = append(o.cores, n)
			}
			return nil
		}, nil},
		{'o', required, "form", "of the results: text or json (default: text)", func(o *options, v string) error {
			if v != "text" && v != "json" {
				return fmt.Errorf("want text or json, not %q", v)
			}
			o.json = v == "json"
			return nil
		}, nil},
		{'E', required, "eal_args", "ask through a DPDK port, with these arguments for EAL, one text with spaces", func(o *options, v string) error {
			if o.eal = v; v == "" {
				return errors.New("want arguments, such as --vdev=net_memif0,role=client")
			}
			return nil
		}, nil},
		{'I', required, "device", "DPDK's name of that port (default: the first)", text(func(o *options) *string { return &o.device }), nil},
		{'M', required, "mac", "where frames go on that port (default: 02:00:00:00:00:01)", text(func(o *options) *string { return &o.mac }), nil},
	}
}

func text(field func(*options) *string) func(*options, string) error {
	return func(o *options, v string) error { *field(o) = v; return nil }
}

func flag(field func(*options) *bool) func(*options, string) error {
	return func(o *options, _ string) error { *field(o) = true; return nil }
}

func count(field func(*options) *int, least, most int) func(*options, string) error {
	return func(o *options, v string) (err error) {
		*field(o), err = number(v, least, most)
		return err
	}
}

func span(field func(*options) *time.Duration) func(*options, string) error {
	return func(o *options, v string) (err error) {
		*field(o), err = seconds(v)
		return err
	}
}

// usage prints the help.
func usage(w io.Writer) {
	fmt.Fprint(w, "\nUsage: queryperf [options]\n")
	for _, o := range all {
		head := "-" + string(o.letter)
		switch o.argument {
		case required:
			head += " " + o.name
		case optional:
			head += " [" + o.name + "]"
		}
		fmt.Fprintf(w, "  %-15s %s\n", head, o.help)
	}
	fmt.Fprint(w, "  -version        print the version; alone\n\n")
}
