package e2e

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// Where the ancestor's scanners and their scheduler keep what is theirs: beside
// the states of addresses, which makes it lie among the records.
const (
	statusPath = "/skydns/monitor/status/"
	reportPath = "/skydns/monitor/report/"
	heartPath  = "/skydns/monitor/heart/"
	lockPath   = "/skydns/monitor/lock"

	watchedIP = "192.168.10.3" // one of cctv2's
)

// TestAgents goes through what is promised of etcd's keys that are no records,
// line by line: scanners and their scheduler may be of another make, and work
// with control through etcd alone.
func TestAgents(t *testing.T) {
	n := lab.StartNode(t, "", "")
	a := newAgent(t, n.Etcd)
	asker := testAsker(t, n.DNS)
	t.Run("ip-monitor-path + IP: made with the records; a scanner changes status, by compare-and-swap", func(t *testing.T) {
		n.MustPost(t, "cctv2", cctv2JSON)
		waitFor(t, asker, cctv2, cctv2IPs...)
		made, revision := a.get(statusPath + watchedIP)
		if made != `{"domains":["`+cctv2+`"],"status":"UP"}` {
			t.Errorf("the key holds %s", made)
		}
		down := strings.Replace(made, "UP", "DOWN", 1)
		if !a.swap(statusPath+watchedIP, down, revision) {
			t.Error("somebody else has written the key")
		}
		waitFor(t, asker, cctv2, cctv2IPs[:2]...)
		if a.swap(statusPath+watchedIP, made, revision) {
			t.Error("a swap that comes late takes place")
		}
		n.MustPost(t, "cctv3", `{"type":"A","ips":["`+watchedIP+`"]}`)
		if now, _ := a.get(statusPath + watchedIP); now != `{"domains":["`+cctv2+`","cctv3.skydns.local."],"status":"DOWN"}` {
			t.Errorf("after a change of control's the key holds %s", now)
		}
	})
	for _, line := range []struct{ promised, key, value string }{
		{"report-path + IP", reportPath + watchedIP, `{"agent_name":"scanner-1","update_time":"2026-11-30T12:00:00Z"}`},
		{"heart-path + agent", heartPath + "scanner-1", `{"agent_name":"scanner-1","last_report":"2026-11-30T12:00:00Z"}`},
		{"lock-path", lockPath, "schedule-1"},
	} {
		t.Run(line.promised+": no record, and no business of control's", func(t *testing.T) {
			end := a.lend(line.key, line.value)
			pass(t, n, asker)
			if now, _ := a.get(line.key); now != line.value {
				t.Errorf("the key holds %s", now)
			}
			checkServed(t, n)
			end()
			pass(t, n, asker)
			checkServed(t, n)
		})
	}
	t.Run("ip-monitor-path + IP: removed with the records", func(t *testing.T) {
		remove(t, n, "cctv2")
		remove(t, n, "cctv3")
		if left, _ := a.get(statusPath + watchedIP); left != "" {
			t.Errorf("the key holds %s", left)
		}
	})
}

// pass waits until control is past what etcd holds by now: a change of the
// watched address's names is answered.
func pass(t *testing.T, n *lab.Node, asker *asker) {
	t.Helper()
	n.MustPost(t, "passing", `{"type":"A","ips":["`+watchedIP+`"]}`)
	waitFor(t, asker, "passing.skydns.local.", watchedIP)
	remove(t, n, "passing")
	lab.Eventually(t, "remove a name", func() error {
		reply, err := asker.ask("passing.skydns.local.", dns.TypeA)
		if err == nil && reply.Rcode != dns.RcodeNameError {
			err = errors.New(dns.RcodeToString[reply.Rcode])
		}
		return err
	})
}

// remove removes a name over REST.
func remove(t *testing.T, n *lab.Node, name string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodDelete, "http://"+n.API+"/skydns/api/"+name+"?token="+lab.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("remove %s: %s", name, resp.Status)
	}
}

// checkServed verifies that control takes no key for one that it should serve
// and cannot.
func checkServed(t *testing.T, n *lab.Node) {
	t.Helper()
	metrics := fetch(t, "http://"+n.API+"/metrics")
	if !strings.Contains(metrics, "\nskydns_publish_unserved 0\n") {
		t.Error("control counts keys that it cannot serve")
	}
	if refused := regexp.MustCompile(`(?m)^skydns_publish_refused_total.*`).FindString(metrics); refused != "" {
		t.Error(refused)
	}
}
