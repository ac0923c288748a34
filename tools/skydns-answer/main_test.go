package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
	"github.com/ipdcode/skydns/tools/offline"
)

const zone = `$TTL 500
@ SOA ns1 host 1 7200 1800 86400 60
@ NS ns1
ns1 A 192.0.2.1
www A 192.0.2.2
t TXT "two  spaces" "tab	"
big TXT ` + "( " + `"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
 "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
 "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
 "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
 "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890" )
`

// answer runs the program.
func answer(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &errs, nil)
	return code, out.String(), errs.String()
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrintsAsDig(t *testing.T) {
	path := write(t, zone)
	code, stdout, stderr := answer("", "-zone", path, "-origin", "example.", "-q", "www.example", "-dnssec")
	want := `; <<>> skydns-answer <<>> www.example IN A
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 0
;; flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 2

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232

;; QUESTION SECTION:
;www.example.		IN	A

;; ANSWER SECTION:
www.example.	500	IN	A	192.0.2.2

;; AUTHORITY SECTION:
example.	500	IN	NS	ns1.example.

;; ADDITIONAL SECTION:
ns1.example.	500	IN	A	192.0.2.1

;; SERVER: ` + path + ` (UDP)
;; MSG SIZE  rcvd: 90

`
	if code != 0 || stdout != want || stderr != "" {
		t.Errorf("exit code %d\n%s%s\nwant\n%s", code, stderr, stdout, want)
	}
}

func TestQuestions(t *testing.T) {
	path := write(t, zone)
	cases := []struct{ name, args, want string }{
		{"no such name", "-q none.example", "status: NXDOMAIN"},
		{"no such type", "-q www.example -t aaaa", "status: NOERROR, id: 0\n;; flags: qr aa; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0"},
		{"an unknown type", "-q www.example -t TYPE65280", "\t\tIN\tTYPE65280"},
		{"a type's number", "-q www.example -t 1", "192.0.2.2"},
		{"a type whose text is not read", "-q www.example -t wks", "\t\tIN\tTYPE11"},
		{"what dataplane sends", "-q www.example -minimal", "QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0"},
		{"another zone's name", "-q elsewhere.", "status: REFUSED"},
		{"another class", "-q www.example -class CH", "status: REFUSED"},
		{"RD", "-q www.example -recurse", "flags: qr aa rd;"},
		{"too large for a datagram", "-q big.example -t txt", "flags: qr aa tc;"},
		{"not for a larger one", "-q big.example -t txt -edns 1232", "flags: qr aa; QUERY: 1, ANSWER: 1"},
		{"nor for TCP", "-q big.example -t txt -tcp", "flags: qr aa; QUERY: 1, ANSWER: 1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"-zone", path, "-origin", "example"}, strings.Fields(c.args)...)
			if code, stdout, stderr := answer("", args...); code != 0 || !strings.Contains(stdout, c.want) {
				t.Errorf("exit code %d, %q\n%s\nwant %q", code, stderr, stdout, c.want)
			}
		})
	}
}

// TestSnapshot answers from the directory that a writer has, and from a copy
// of its file.
func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if code, _, stderr := answer("", "-snapshot", dir, "-q", "x"); code != configs.ExitFailed || !strings.Contains(stderr, "no complete snapshot is there") {
		t.Errorf("an empty one: %d %s", code, stderr)
	}
	if err := w.BeginSync(1); err != nil {
		t.Fatal(err)
	}
	name, _ := wire.ParseName("example.")
	soa := append(append([]byte{0, 0}, make([]byte, 12)...), 0, 1, 0, 0, 0, 0, 0, 5)
	if _, err := w.Put(name, []snapshot.RRset{{Type: wire.TypeSOA, TTL: 5, Data: [][]byte{soa}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.EndSync(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for _, path := range []string{dir, files[0]} {
		code, stdout, stderr := answer("", "-snapshot", path, "-q", "example", "-t", "SOA", "-edns", "512")
		if code != 0 || !strings.Contains(stdout, "example.\t5\tIN\tSOA\t. . 0 0 0 65536 5") {
			t.Errorf("%s: %d %s\n%s", path, code, stderr, stdout)
		}
	}
}

func TestCases(t *testing.T) {
	stdin := `{"id":7,"zone":"$ORIGIN a.\n@ 5 SOA n h 1 2 3 4 5\n@ 5 NS n.\nx 5 TXT \"a  b\" \"\\t\"\n","qname":"x.a","qtype":"TXT"}

{"id":"eight","zone":"a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.\na. 5 CNAME b.\n","qname":"a.","qtype":"A"}
{"id":9,"zone":"","qname":"a.","qtype":"A"}
{"id":10,"zone":"a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.\n","qname":"a..b","qtype":"A"}
{"id":11,"zone":"a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.\n","qname":"a.","qtype":"NONE"}
nonsense
{"id":13,"zone":"a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.\na. 5 TYPE65280 \\# 1 ff\n","qname":"a.","qtype":"type65280"}
{"id":12,"zone":"a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.\n","qname":".","qtype":"TYPE1"}`
	want := `{"id":7,"rcode":"NOERROR","aa":true,"answer":["x.a. 5 IN TXT \"a  b\" \"t\""],"authority":["a. 5 IN NS n."],"additional":[]}
{"id":"eight","error":"zone: line 3: a. CNAME: the name has SOA in line 1, which excludes it"}
{"id":9,"error":"zone: the zone has no SOA record"}
{"id":10,"error":"name \"a..b\": empty label"}
{"id":11,"error":"type \"NONE\": want a mnemonic or TYPEnnn"}
{"id":null,"error":"no case: invalid character 'o' in literal null (expecting 'u')"}
{"id":13,"rcode":"NOERROR","aa":true,"answer":["a. 5 IN TYPE65280 \\# 1 ff"],"authority":["a. 5 IN NS n."],"additional":[]}
{"id":12,"rcode":"REFUSED","aa":false,"answer":[],"authority":[],"additional":[]}
`
	code, stdout, stderr := answer(stdin, "-jsonl")
	if code != 0 || stdout != want {
		t.Errorf("exit code %d, %s\n%s\nwant\n%s", code, stderr, stdout, want)
	}
}

// TestSignal verifies that a signal ends a run that waits for input, and that
// what was asked before is answered.
func TestSignal(t *testing.T) {
	in, feed := io.Pipe()
	results, out := io.Pipe()
	stop, code := make(chan os.Signal), make(chan int)
	go func() { code <- run([]string{"-jsonl"}, in, out, io.Discard, stop) }()
	go fmt.Fprintln(feed, `{"id":1,"zone":""}`)
	line, err := bufio.NewReader(results).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, `{"id":1,"error":`) {
		t.Errorf("%q %v", line, err)
	}
	stop <- os.Interrupt
	if got := <-code; got != configs.ExitFailed {
		t.Errorf("exit code %d", got)
	}
	feed.Close()
}

func TestWrongUse(t *testing.T) {
	path := write(t, zone+"www CNAME x\n")
	cases := []struct {
		args   string
		code   int
		stderr string
	}{
		{"", configs.ExitUsage, "want one of -zone, -snapshot, -jsonl"},
		{"-zone a -jsonl", configs.ExitUsage, "want one of"},
		{"-zone a", configs.ExitUsage, "want -q NAME"},
		{"-zone a -q x -t NONE", configs.ExitUsage, `type "NONE": want`},
		{"-zone a -q x -class 70000", configs.ExitUsage, `class "70000": want`},
		{"-zone a -q x -edns 70000", configs.ExitUsage, "-edns: want 0 to 65535"},
		{"-zone a -q x..y", configs.ExitUsage, `name "x..y": empty label`},
		{"-nothing", configs.ExitUsage, "-nothing"},
		{"-zone a x", configs.ExitUsage, `unexpected argument "x"`},
		{"-zone " + path + ".none -q x", configs.ExitFailed, "no such file"},
		{"-origin example -zone " + path + " -q x", configs.ExitFailed, path + ": line 12: www.example. CNAME: the name has A in line 5, which excludes it"},
		{"-snapshot " + path + " -q x", configs.ExitFailed, "snapshot " + path},
		{"-snapshot " + path + ".none -q x", configs.ExitFailed, "no such file"},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) {
			code, stdout, stderr := answer("", strings.Fields(c.args)...)
			if code != c.code || stdout != "" || !strings.Contains(stderr, c.stderr) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, %q%q\nwant %d %q", code, stdout, stderr, c.code, c.stderr)
			}
		})
	}
}

// FuzzCase verifies that any case gives a reply or an error.
func FuzzCase(f *testing.F) {
	f.Add("a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.\n*.a. 5 CNAME b.a.\n", "x.a", "A")
	f.Add("a. 5 SOA n. h. 1 2 3 4 5\na. 5 NS n.a.\nb.a. 5 DNAME c.a.\n", `\255.b.a.`, "TYPE65280")
	f.Add("", "", "")
	server, err := offline.New(engine.Config{Full: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { server.Close() })
	f.Fuzz(func(t *testing.T, zone, qname, qtype string) {
		c := testCase{Zone: zone, Qname: qname, Qtype: qtype}
		reply, err := c.answer(server)
		if (reply == nil) == (err == nil) {
			t.Errorf("reply %v, error %v", reply, err)
		}
		if err != nil && strings.Contains(err.Error(), "the reply does not parse") {
			t.Error(err)
		}
	})
}
