package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

// spaces is what the printed text of the ancestor has lost the number of.
var spaces = regexp.MustCompile(`[ \t]+`)

// shell runs a command line as a person would type it, and returns what it
// prints, with single spaces and without empty lines.
func shell(t *testing.T, n *lab.Node, line string) string {
	t.Helper()
	cmd := exec.Command("bash", "-c", line)
	cmd.Env = append(os.Environ(),
		"PATH="+lab.Programs()+":"+os.Getenv("PATH"),
		"SKYDNS_API_ADDR="+n.API, "SKYDNS_API_TOKEN="+lab.Token)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v: %s%s", line, err, stdout.String(), stderr.String())
	}
	var lines []string
	for l := range strings.Lines(stdout.String()) {
		if l = strings.TrimSpace(spaces.ReplaceAllString(l, " ")); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// TestSeed runs the commands that the ancestor's documentation prints, with
// host and port of this node, and compares with what it prints.
func TestSeed(t *testing.T) {
	for _, command := range []string{"curl", "nslookup", "etcdctl"} {
		lab.Need(t, command)
	}
	n := lab.StartNode(t, "", "random-one") // "will return a radom one"
	host, port, _ := net.SplitHostPort(n.DNS)
	address := regexp.QuoteMeta(host + "#" + port)

	a := testAsker(t, n.DNS)
	addNginx(t, n, a)

	etcdctl := "ETCDCTL_API=3 etcdctl --endpoints " + n.Etcd
	nslookup := "nslookup -port=" + port + " %s " + host
	steps := []struct{ line, want string }{
		{`skydns-apicmd -list`,
			`^domain: qiyf-nginx-14.default.svc.skydns.local val: { type:A ips:\[192.168.19.125\] }
domain: qiyf-nginx-5.default.svc.skydns.local val: { type:A ips:\[192.168.19.113\] }
domain: qiyf-nginx-9.default.svc.skydns.local val: { type:A ips:\[192.168.19.120\] }$`},
		{`skydns-apicmd -show qiyf-nginx-5.default`,
			`^domain: qiyf-nginx-5.default.svc.skydns.local val: { type:A ips:\[192.168.19.113\] }$`},
		{`curl -H "Content-Type:application/json;charset=UTF-8" -X POST -d '{"type":"A","ips":["192.168.10.1","192.168.10.2","192.168.10.3"]}' http://` + n.API + `/skydns/api/cctv2?token="123456789"`,
			`^OK$`},
		{`curl -H "Content-Type:application/json;charset=UTF-8" -X POST -d '{"type":"cname","alias":"tv1"}' http://` + n.API + `/skydns/api/cctv2.skydns.local?token="123456789"`,
			`^OK$`},
		{fmt.Sprintf(nslookup, "qiyf-nginx-5.default.svc.skydns.local"),
			`^Server: ` + host + `
Address: ` + address + `
Name: qiyf-nginx-5.default.svc.skydns.local
Address: 192.168.19.113$`},
		{fmt.Sprintf(nslookup, "cctv2.skydns.local"),
			`^Server: ` + host + `
Address: ` + address + `
Name: cctv2.skydns.local
Address: 192.168.10.[123]$`},
		{fmt.Sprintf(nslookup, "tv1.skydns.local"),
			`^Server: ` + host + `
Address: ` + address + `
tv1.skydns.local canonical name = cctv2.skydns.local.
Name: cctv2.skydns.local
Address: 192.168.10.[123]$`},
		{`skydns-apicmd -show cctv2`,
			`^domain: cctv2.skydns.local val: { type:A ips:\[192.168.10.1 192.168.10.2 192.168.10.3\] }$`},
		// Its service is shut down: here by hand instead of by a scanner.
		{etcdctl + ` put /skydns/monitor/status/192.168.10.3 '{"status":"DOWN"}'`,
			`^OK$`},
		{etcdctl + ` get --print-value-only /skydns/monitor/status/192.168.10.3`,
			`^{"status":"DOWN"}$`},
		{etcdctl + ` get /skydns/monitor/status/192.168.10.3`,
			`^/skydns/monitor/status/192.168.10.3
{"status":"DOWN"}$`},
	}
	for _, step := range steps {
		if strings.HasPrefix(step.line, "nslookup") {
			// OK means that etcd has it; dataplane has it within milliseconds.
			name := strings.Fields(step.line)[2] + "."
			lab.Eventually(t, name, func() error { _, err := a.addresses(name); return err })
		}
		if got := shell(t, n, step.line); !regexp.MustCompile(step.want).MatchString(got) {
			t.Errorf("%s\nprints\n%s\nwant\n%s", step.line, got, step.want)
		}
	}
	setStatus(t, n, "192.168.10.3", "DOWN") // that control has it
	for range 50 {
		if got, err := a.addresses("cctv2.skydns.local."); err != nil || len(got) != 1 || got[0] == "192.168.10.3" {
			t.Fatalf("with .3 DOWN: %v, %v", got, err)
		}
	}
}

// addNginx puts the ancestor's nginx names, which come from a Kubernetes
// cluster there, as its watcher would, and waits until they are answered.
func addNginx(t *testing.T, n *lab.Node, a *asker) {
	t.Helper()
	for i, ip := range map[int]string{5: "192.168.19.113", 9: "192.168.19.120", 14: "192.168.19.125"} {
		lab.Etcdctl(t, n.Etcd, "put", fmt.Sprintf("/skydns/local/skydns/svc/default/qiyf-nginx-%d/x1", i), fmt.Sprintf(`{"host":%q}`, ip))
		waitFor(t, a, fmt.Sprintf("qiyf-nginx-%d.default.svc.skydns.local.", i), ip)
	}
}
