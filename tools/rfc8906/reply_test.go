package rfc8906

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// reply is what dig prints of a reply, as far as RFC 8906 looks at it.
type reply struct {
	status, opcode string
	flags          []string // of the header, without qr
	answer         []string // types
	other          []string // types in authority and additional
	edns           string   // version and flags; empty: no OPT
	options        []string
	reserved       bool // a bit that must be zero is set, in the header or the OPT
}

var (
	headerLine = regexp.MustCompile(`opcode: (\S+), status: (\S+),`)
	flagsLine  = regexp.MustCompile(`^;; flags: ([a-z ]*);`)
	ednsLine   = regexp.MustCompile(`^; EDNS: version: (\d+), flags:([a-z ]*);`)
	optionLine = regexp.MustCompile(`^; ([A-Za-z0-9= -]+?): `)
)

// parse reads the output of dig.
func parse(out string) reply {
	var r reply
	section := ""
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if m := headerLine.FindStringSubmatch(line); m != nil {
			r.opcode, r.status = m[1], m[2]
		} else if m := flagsLine.FindStringSubmatch(line); m != nil {
			r.flags = strings.Fields(strings.Replace(m[1], "qr", "", 1))
		} else if m := ednsLine.FindStringSubmatch(line); m != nil {
			r.edns = strings.TrimSpace(m[1] + m[2])
		} else if name, found := strings.CutSuffix(line, " SECTION:"); found {
			section = name
		} else if m := optionLine.FindStringSubmatch(line); m != nil && section == ";; OPT PSEUDOSECTION:" {
			r.options = append(r.options, strings.ToLower(m[1]))
		} else if line != "" && line[0] != ';' {
			if types := strings.Fields(line); section == ";; ANSWER" {
				r.answer = append(r.answer, types[3])
			} else {
				r.other = append(r.other, types[3])
			}
		}
		if strings.Contains(line, "OPT PSEUDOSECTION") {
			section = line
		}
		r.reserved = r.reserved || strings.Contains(line, "MBZ:")
	}
	return r
}

// String is the reply in a few words.
func (r reply) String() string {
	text := strings.Join(append([]string{r.status}, r.flags...), " ")
	if r.opcode != "QUERY" {
		text += ", opcode " + r.opcode
	}
	if len(r.answer) > 0 {
		text += ", " + strings.Join(r.answer, " ")
	}
	if r.edns != "" {
		text += strings.Join(append([]string{", EDNS " + r.edns}, r.options...), " ")
	}
	if r.reserved {
		text += ", MBZ set"
	}
	return text
}

// ask runs dig, by a command that may run it elsewhere, and returns what the
// server replied.
func ask(t *testing.T, run func(name string, args ...string) *exec.Cmd, server, port, args string, tcp bool) reply {
	t.Helper()
	all := append(strings.Fields(args), "@"+server, "-p", port, "+tries=3", "+time=5")
	if tcp {
		all = append(all, "+tcp")
	}
	out, err := run("dig", all...).CombinedOutput()
	if err != nil {
		t.Fatalf("dig %s: %v: %s", strings.Join(all, " "), err, out)
	}
	r := parse(string(out))
	if r.status == "" {
		t.Fatalf("dig %s: no reply: %s", strings.Join(all, " "), out)
	}
	return r
}

// TestParse verifies that what dig prints is understood.
func TestParse(t *testing.T) {
	out := `
; <<>> DiG 9.18 <<>> soa example.
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; flags: qr aa rd; MBZ: 0x4; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; MBZ: 0x0040, udp: 1232
; NSID: 6e ("n")
; COOKIE: 0011 (good)
;; QUESTION SECTION:
;example.			IN	SOA

;; ANSWER SECTION:
example.		60	IN	SOA	ns. host. 0 0 0 0 0

;; Query time: 0 msec
`
	const want = "NOERROR aa rd, SOA, EDNS 0 do nsid cookie, MBZ set"
	if got := fmt.Sprint(parse(out)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
