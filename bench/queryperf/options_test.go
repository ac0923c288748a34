package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestParse verifies that command lines of ISC's queryperf mean what they
// mean there, and what ours add.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		name string
		args string
		ok   func(o *options) bool
	}{
		{"nothing", "", func(o *options) bool {
			return o.server == "localhost" && o.port == 53 && o.outstanding == 20 && o.timeout == 5*time.Second && o.total(7) == 7
		}},
		{"ISC's usual", "-d data -s 192.0.2.1 -p 5353 -q 100 -l 10", func(o *options) bool {
			return o.data == "data" && o.server == "192.0.2.1" && o.port == 5353 && o.outstanding == 100 && o.limit == 10*time.Second && o.total(7) == 0
		}},
		{"letters together", "-1eDv -q5", func(o *options) bool {
			return o.once && o.edns && o.do && o.verbose && o.outstanding == 5
		}},
		{"-n as ISC has it", "-n -l 3", func(o *options) bool { return o.ignore && o.times == 0 && o.limit == 3*time.Second }},
		{"-n with a number", "-n 3", func(o *options) bool { return !o.ignore && o.total(7) == 21 }},
		{"-n with a number at it", "-n3", func(o *options) bool { return !o.ignore && o.times == 3 }},
		{"-c as ISC has it", "-c -v", func(o *options) bool { return o.rcodes && o.expected == "" && o.verbose }},
		{"-c with a file", "-c answers", func(o *options) bool { return o.rcodes && o.expected == "answers" }},
		{"fractions", "-t 0.25 -l 1.5", func(o *options) bool { return o.timeout == 250*time.Millisecond && o.limit == 1500*time.Millisecond }},
		{"buffer", "-b 64", func(o *options) bool { return o.buffer == 65536 }},
		{"target without limit", "-T 1000", func(o *options) bool { return o.rate == 1000 && o.total(7) == 7 }},
		{"clients", "-A 127.0.0.1,198.18.0.0/29 -P 3 -W 2 -K 0,1", func(o *options) bool {
			return len(o.clients) == 7 && o.clients[1].String() == "198.18.0.1" && o.clients[6].String() == "198.18.0.6" && o.ports == 3 && o.threads == 2
		}},
		{"IPv6 clients", "-A fd00::/126", func(o *options) bool { return len(o.clients) == 3 && o.clients[2].String() == "fd00::3" }},
		{"help", "-h", func(o *options) bool { return o.help }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := parse(strings.Fields(c.args))
			if err != nil {
				t.Fatal(err)
			}
			if !c.ok(o) {
				t.Errorf("%+v", o)
			}
		})
	}
}

// TestParseErrors verifies that wrong command lines are refused by the letter.
func TestParseErrors(t *testing.T) {
	for args, want := range map[string]string{
		"-x":                  "-x",
		"data":                `"data"`,
		"-d":                  "-d",
		"-p 0":                "-p",
		"-p 65536":            "-p",
		"-q many":             "-q",
		"-t 0":                "-t",
		"-f ipx":              "-f",
		"-1 -n 2":             "-1",
		"-A nowhere":          "-A",
		"-K 0,1":              "-K",
		"-o xml":              "-o",
		"-E x -W 2":           "-E",
		"-E --vdev=net_null0": "-A",
	} {
		t.Run(args, func(t *testing.T) {
			if _, err := parse(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %s", err, want)
			}
		})
	}
}

// TestUsage verifies that the help names every option, none twice.
func TestUsage(t *testing.T) {
	var text bytes.Buffer
	usage(&text)
	for _, o := range all {
		if n := strings.Count(text.String(), "\n  -"+string(o.letter)+" "); n != 1 {
			t.Errorf("the help names -%c %d times", o.letter, n)
		}
	}
}
