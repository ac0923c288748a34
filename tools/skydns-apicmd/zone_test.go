package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/configs"
)

// TestZones imports and exports master files.
func TestZones(t *testing.T) {
	addr, _ := serveAPI(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const apex = "@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\n"
	full := write("full", apex+"ns 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n")
	less := write("less", apex+"ns 60 A 192.0.2.1\n")
	bad := write("bad", apex+"www 60 A 192.0.2.2\nwww 60 CNAME ns\n")
	const header = "$ORIGIN skydns.local.\n" +
		"skydns.local.\t60\tIN\tSOA\tns.skydns.local. host.skydns.local. 1 2 3 4 5\n" +
		"skydns.local.\t60\tIN\tNS\tns.skydns.local.\n" +
		"ns.skydns.local.\t60\tIN\tA\t192.0.2.1\n"
	const www = "www.skydns.local.\t60\tIN\tA\t192.0.2.2\n"
	for _, s := range []struct {
		line           string
		code           int
		stdout, stderr string
	}{
		{"-import " + full, 0, "OK\n", ""},
		{"-export skydns.local", 0, header + www, ""},
		{"-import " + bad, 1, "", "skydns-apicmd: " + bad + ": ERR, line 4: www.skydns.local. CNAME: the name has A in line 3, which excludes it\n"},
		{"-import " + less, 0, "OK\n", ""},
		{"-export skydns.local", 0, header + www, ""},
		{"-replace -import " + less, 0, "OK\n", ""},
		{"-export skydns.local", 0, header, ""},
		{"-origin sub.skydns.local -import " + less, 0, "OK\n", ""},
		{"-export skydns.local", 0, header, ""},
		{"-export sub.skydns.local", 0, strings.ReplaceAll(header, "skydns.local", "sub.skydns.local"), ""},
		{"-import " + dir + "/none", 1, "", "skydns-apicmd: -import: open " + dir + "/none: no such file or directory\n"},
		{"-list -replace", configs.ExitUsage, "", "skydns-apicmd: -origin and -replace go with -import; see skydns-apicmd -help\n"},
	} {
		code, stdout, stderr := command(addr, s.line)
		if code != s.code || stdout != s.stdout || stderr != s.stderr {
			t.Errorf("%s: exit code %d\n%s%s\nwant %d\n%s%s", s.line, code, stdout, stderr, s.code, s.stdout, s.stderr)
		}
	}
}
