package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/configs"
)

// promised is a command line and what it prints.
type promised struct {
	line   string
	code   int
	stdout string // a part of it
}

// TestPromises goes through what users are promised of the command line, line by
// line, on one interface.
func TestPromises(t *testing.T) {
	addr, etcd := serveAPI(t)
	if _, err := etcd.Client().Put(t.Context(), "/skydns/local/skydns/svc/default/x/x1", `{"host":"192.168.19.113"}`); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	zone := file("zone", "skydns.local. 60 SOA ns host 1 2 3 4 5\nskydns.local. 60 NS ns.skydns.local.\nz.skydns.local. 60 A 10.0.0.9\n")
	valid := file("valid.toml", "[Dns]\ndns-domain = \"skydns.local\"\n")
	wrong := file("wrong.toml", "[Dns]\nno-such-key = 1\n")
	old := file("old.conf", "[Dns]\ndns-domain = skydns.local.\n[Stats]\nstatsServer = 127.0.0.1:9600\n[SkydnsApi]\napi-enable = YES\n")
	for _, p := range []struct {
		promise string
		lines   []promised
	}{
		{"-domain NAME -method create with -ips a;b", []promised{{"-domain c -method create -ips 10.0.0.1;10.0.0.2", 0, "OK\n"}}},
		{"text output: one line a name, right-aligned to 56", []promised{{"-show c", 0, line("c.skydns.local", "{ type:A  ips:[10.0.0.1 10.0.0.2] }")}}},
		{"-method update with -updates ips:OLD->NEW", []promised{{"-domain c -method update -updates ips:10.0.0.2->10.0.0.3", 0, "OK\n"}, {"-show c", 0, "[10.0.0.1 10.0.0.3]"}}},
		{"-alias", []promised{{"-domain c -method create -alias tv1", 0, "OK\n"}, {"-show tv1", 0, "target:c.skydns.local."}}},
		{"-type", []promised{{"-domain c -method create -type AAAA -ips 2001:db8::1", 0, "OK\n"}}},
		{"-list, sorted", []promised{{"-list", 0, line("c.skydns.local", "{ type:A  ips:[10.0.0.1 10.0.0.3] } { type:AAAA  ips:[2001:db8::1] }") + line("tv1.skydns.local", "{ type:CNAME  target:c.skydns.local. }")}}},
		{"-method delete", []promised{{"-domain c -method delete -type AAAA", 0, "OK\n"}, {"-domain tv1 -method delete", 0, "OK\n"}, {"-show tv1", 1, ""}}},
		{"-o json", []promised{{"-show c -o json", 0, `"ips": [`}, {"-domain j -method create -ips 10.0.0.1 -o json", 0, `{"result":"OK"}`}}},
		{"-o text", []promised{{"-show c -o text", 0, "domain:  "}, {"-show c -o xml", 2, ""}}},
		{"-show x.default also finds x.default.svc.DOMAIN", []promised{{"-show x.default", 0, line("x.default.svc.skydns.local", "{ type:A  ips:[192.168.19.113] }")}}},
		{"-import FILE", []promised{{"-import " + zone, 0, "OK\n"}, {"-show z", 0, "10.0.0.9"}}},
		{"-token", []promised{{"-list -token wrong", 1, ""}, {"-list -token " + token, 0, "domain:"}}},
		{"-addr", []promised{{"-list -addr http://" + addr, 0, "domain:"}, {"-list -addr 127.0.0.1:1", 1, ""}}},
		{"-version", []promised{{"-version", 0, "skydns-apicmd " + configs.Version()}}},
		{"-check-config, -config-file", []promised{{"-check-config -config-file " + valid, 0, "no problems"}, {"-check-config -config-file " + wrong, 1, ""}}},
		{"-convert-config OLD", []promised{{"-convert-config " + old, 0, `dns-domain = `}}},
		{"exit codes: 0 done, 1 failed, 2 wrong usage", []promised{{"-show none", 1, ""}, {"-nonsense", 2, ""}, {"", 2, ""}, {"-list -show c", 2, ""}}},
		{"-completion", []promised{{"-completion bash", 0, "complete "}}},
		{"-status, exit code for scripts", []promised{{"-status -addr 127.0.0.1:1", 1, "FAILED"}}},
	} {
		t.Run(p.promise, func(t *testing.T) {
			for _, want := range p.lines {
				code, stdout, stderr := command(addr, want.line)
				if code != want.code || !strings.Contains(stdout, want.stdout) || (stderr == "") != (code == 0) {
					t.Errorf("%s: exit code %d\n%s%s\nwant %d\n%s", want.line, code, stdout, stderr, want.code, want.stdout)
				}
			}
		})
	}
}

// TestEnvironmentPromises verifies that SKYDNS_API_ADDR and SKYDNS_API_TOKEN
// stand for -addr and -token, which go before them.
func TestEnvironmentPromises(t *testing.T) {
	addr, _ := serveAPI(t)
	for name, c := range map[string]struct {
		env  map[string]string
		args string
		code int
	}{
		"both":          {map[string]string{"SKYDNS_API_ADDR": addr, "SKYDNS_API_TOKEN": token}, "-list", configs.ExitDone},
		"flags first":   {map[string]string{"SKYDNS_API_ADDR": "127.0.0.1:1", "SKYDNS_API_TOKEN": "x"}, "-list -addr " + addr + " -token " + token, configs.ExitDone},
		"a wrong token": {map[string]string{"SKYDNS_API_ADDR": addr, "SKYDNS_API_TOKEN": "x"}, "-list", configs.ExitFailed},
		"no address":    {map[string]string{"SKYDNS_API_TOKEN": token}, "-list", configs.ExitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(context.Background(), strings.Fields(c.args), func(n string) string { return c.env[n] }, &out, &errs); code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, &errs)
			}
		})
	}
}
