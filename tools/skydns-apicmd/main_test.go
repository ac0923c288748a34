package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/api"
	"github.com/ipdcode/skydns/control/store"
)

const token = "123456789"

// serveAPI runs the real interface over an embedded etcd, and returns its
// address and the etcd.
func serveAPI(t *testing.T) (string, *store.Store) {
	t.Helper()
	etcd, err := store.Open(t.Context(), store.Config{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { etcd.Close() })
	config, err := configs.Parse("test", []byte("[Dns]\ndns-domain = \"skydns.local\"\n[SkydnsApi]\nskydns-auth = \""+token+"\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := api.New(api.Options{Config: config, Token: func() string { return config.SkydnsApi.Token }, Store: etcd, Ready: func() bool { return true }, Registry: prometheus.NewRegistry(), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), etcd
}

// command runs the program with the address and the token in its environment.
func command(addr, line string) (code int, stdout, stderr string) {
	env := map[string]string{"SKYDNS_API_ADDR": addr, "SKYDNS_API_TOKEN": token}
	var out, errs bytes.Buffer
	args := strings.Split(line, " ")
	if line == "" {
		args = nil
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "\u00a0", " ") // a space inside an argument
	}
	code = run(context.Background(), args, func(name string) string { return env[name] }, &out, &errs)
	return code, out.String(), errs.String()
}

// line is one line of text output: the name right-aligned to 56.
func line(name, val string) string {
	return "domain:  " + strings.Repeat(" ", 56-len(name)) + name + "       val: " + val + "\n"
}

// TestCommands runs command lines one after the other on one interface.
func TestCommands(t *testing.T) {
	addr, etcd := serveAPI(t)
	const service = "/skydns/local/skydns/svc/default/qiyf-nginx-5/x1"
	if _, err := etcd.Client().Put(t.Context(), service, `{"host":"192.168.19.113"}`); err != nil {
		t.Fatal(err)
	}
	nginx := line("qiyf-nginx-5.default.svc.skydns.local", "{ type:A  ips:[192.168.19.113] }")
	cctv2 := line("cctv2.skydns.local", "{ type:A  ips:[10.0.0.1 10.0.0.2] }")
	steps := []struct {
		line           string
		code           int
		stdout, stderr string // stderr: a part of it
	}{
		{"-show qiyf-nginx-5.default", 0, nginx, ""},
		{"-domain cctv2 -method create -ips 10.0.0.2;10.0.0.1", 0, "OK\n", ""},
		{"-domain cctv2.skydns.local -method create -alias tv1", 0, "OK\n", ""},
		{"-list", 0, cctv2 + nginx + line("tv1.skydns.local", "{ type:CNAME  target:cctv2.skydns.local. }"), ""},
		{"-show CCTV2", 0, cctv2, ""},
		{"-show cctv2 -o json", 0, "{\n  \"cctv2.skydns.local.\": {\n    \"type\": \"A\",\n    \"ips\": [\n      \"10.0.0.1\",\n      \"10.0.0.2\"\n    ]\n  }\n}\n", ""},
		{"-domain cctv2 -method update -updates ips:10.0.0.2->10.0.0.9", 0, "OK\n", ""},
		{"-domain cctv2 -method create -type AAAA -ips 2001:db8::1 -ttl 5", 0, "OK\n", ""},
		{"-show cctv2", 0, line("cctv2.skydns.local", "{ type:A  ips:[10.0.0.1 10.0.0.9] } { type:AAAA  ips:[2001:db8::1] }"), ""},
		{"-domain cctv2 -method delete -type AAAA", 0, "OK\n", ""},
		{"-domain cctv2 -method delete -ips 10.0.0.9", 0, "OK\n", ""},
		{"-domain cctv2 -method update -updates alias:tv1->tv2", 0, "OK\n", ""},
		{"-show tv2", 0, line("tv2.skydns.local", "{ type:CNAME  target:cctv2.skydns.local. }"), ""},
		{"-domain _http._tcp -method create -type SRV -ips 10.0.0.1 -ports 80;81", 0, "OK\n", ""},
		{"-domain _http._tcp -method delete -type SRV -ips 10.0.0.1 -ports 80", 0, "OK\n", ""},
		{"-domain mail -method create -type MX -rdata 10\u00a0relay.example.", 0, "OK\n", ""},
		{"-domain mail -method update -type MX -updates rdata:10\u00a0relay.example.->20\u00a0relay.example.", 0, "OK\n", ""},
		{"-show mail", 0, line("mail.skydns.local", "{ type:MX  rdata:[20 relay.example.] }"), ""},
		{"-domain mail -method delete -type MX -rdata 20\u00a0relay.example.", 0, "OK\n", ""},
		{"-domain to -method create -target www.example.com", 0, "OK\n", ""},
		{"-show to", 0, line("to.skydns.local", "{ type:CNAME  target:www.example.com. }"), ""},
		{"-domain a/b -user ann -method create -ips 10.0.0.1", 0, "OK\n", ""},
		{"-show a/b", 0, line("a/b.skydns.local", "{ type:A  ips:[10.0.0.1]  user:ann }"), ""},
		{"-domain a/b -user bob -method delete", 1, "", "ERR, a/b.skydns.local. belongs to user ann"},
		{"-domain x.default.svc -method create -ips 10.0.0.1", 1, "", "skydns-apicmd: ERR, can not ops k8s svc\n"},
		{"-domain js -method create -ips 10.0.0.1 -o json", 0, "{\"result\":\"OK\"}\n", ""},
		{"-domain js -method delete -o json", 0, "{\"result\":\"OK\"}\n", ""},
		{"-show none", 1, "", "ERR, none.skydns.local. has no record"},
		{"-list -token wrong", 1, "", "ERR, token is missing or wrong"},
		{"-list -addr 127.0.0.1:1", 1, "", "connection refused"},
	}
	for _, s := range steps {
		t.Run(s.line, func(t *testing.T) {
			code, stdout, stderr := command(addr, s.line)
			if code != s.code || stdout != s.stdout || !strings.Contains(stderr, s.stderr) || strings.Count(stderr, "\n") > 1 {
				t.Errorf("exit code %d\n%s%s\nwant %d\n%s%s", code, stdout, stderr, s.code, s.stdout, s.stderr)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	cases := []struct{ line, stderr string }{
		{"", "want one of -list"},
		{"-list -show x", "want one of -list"},
		{"-nothing", "-nothing"},
		{"-list x", `unexpected argument "x"`},
		{"-list -o xml", "want text or json"},
		{"-list -addr ftp://x", "want HOST:PORT"},
		{"-domain x", "-method: want create"},
		{"-domain x -method create", "create: want -ips"},
		{"-domain x -method create -ips 10.0.0.1 -alias y", "not several"},
		{"-domain x -method update", "want -updates"},
		{"-domain x -method update -updates 10.0.0.1->10.0.0.2", "want ips:OLD->NEW"},
		{"-domain x -method update -updates ips:10.0.0.1", "want ips:OLD->NEW"},
		{"-domain x -method delete -updates ips:a->b", "is for update"},
		{"-domain x -method delete -ttl 5", "no -ttl"},
		{"-domain x -method create -rdata x", "-rdata: want -type"},
		{"-domain x -method create -type SRV -ips 10.0.0.1 -ports 80;x", "-ports: want numbers"},
		{"-domain x -method update -type MX -ips 10.0.0.1 -updates rdata:a->b", "-updates says all"},
		{"-domain x -method update -updates rdata:a->b", "-updates rdata: want -type"},
		{"-list -addr http://user:pass@127.0.0.1:1", "want HOST:PORT"},
		{"-completion tcsh", "want bash, zsh or fish"},
	}
	for _, c := range cases {
		t.Run(c.line, func(t *testing.T) {
			code, stdout, stderr := command("127.0.0.1:1", c.line)
			if code != configs.ExitUsage || stdout != "" || !strings.Contains(stderr, c.stderr) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, stdout %q, stderr %q, want %q", code, stdout, stderr, c.stderr)
			}
		})
	}
	if code, _, stderr := command("", "-list"); code != configs.ExitUsage || !strings.Contains(stderr, "SKYDNS_API_ADDR") {
		t.Errorf("without address: exit code %d, stderr %q", code, stderr)
	}
}

// TestListOfManyPages verifies that a list longer than a page is whole and in
// order, in both forms.
func TestListOfManyPages(t *testing.T) {
	addr, etcd := serveAPI(t)
	const names = 2*pageNames + 1
	var ops []clientv3.Op
	var want strings.Builder
	for i := range names {
		name := fmt.Sprintf("n%05d", i)
		ops = append(ops, clientv3.OpPut("/skydns/local/skydns/"+name, `{"host":"10.0.0.1"}`))
		want.WriteString(line(name+".skydns.local", "{ type:A  ips:[10.0.0.1] }"))
	}
	for part := range slices.Chunk(ops, 200) {
		if _, err := etcd.Commit(t.Context(), nil, part); err != nil {
			t.Fatal(err)
		}
	}
	if code, stdout, stderr := command(addr, "-list"); code != 0 || stdout != want.String() {
		t.Errorf("exit code %d, %d octets, want %d; %s", code, len(stdout), want.Len(), stderr)
	}
	code, stdout, stderr := command(addr, "-list -o json")
	var all map[string]records
	if err := json.Unmarshal([]byte(stdout), &all); code != 0 || err != nil || len(all) != names {
		t.Errorf("exit code %d, %d names, want %d; %v %s", code, len(all), names, err, stderr)
	}
}

func TestOther(t *testing.T) {
	if code, stdout, _ := command("", "-version"); code != 0 || !strings.HasPrefix(stdout, "skydns-apicmd ") {
		t.Errorf("-version: %d %q", code, stdout)
	}
	if code, _, stderr := command("", "-help"); code != 0 || !strings.Contains(stderr, "-convert-config OLD") {
		t.Errorf("-help: %d %q", code, stderr)
	}
	old := filepath.Join(t.TempDir(), "skydns.conf")
	if err := os.WriteFile(old, []byte("[Dns]\ndns-domain = skydns.local.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := command("", "-convert-config "+old); code != 0 || stdout != "[Dns]\ndns-domain = \"skydns.local.\"\n" {
		t.Errorf("-convert-config: %d %q", code, stdout)
	}
	if code, _, stderr := command("", "-convert-config "+old+".none"); code != 1 || !strings.Contains(stderr, "no such file") {
		t.Errorf("-convert-config of no file: %d %q", code, stderr)
	}
}
