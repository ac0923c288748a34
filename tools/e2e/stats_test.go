package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// fetch is the body of a GET that succeeds.
func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s: %s", url, resp.Status, body)
	}
	return string(body)
}

// TestStatistics verifies that the statistics of a node at work show what was
// asked, with the ancestor's names of fields.
func TestStatistics(t *testing.T) {
	n := lab.StartNode(t, "", "")
	n.MustPost(t, "counted", `{"type":"A","ips":["192.0.2.7"]}`)
	const asked = 5
	lab.Eventually(t, "see the record", func() error {
		if got := askOnce(n, "counted.skydns.local."); got != "NOERROR" {
			return fmt.Errorf("answer %s", got)
		}
		return nil
	})
	before := reqCount(t, n, "counted.skydns.local")
	for range asked {
		if got := askOnce(n, "counted.skydns.local."); got != "NOERROR" {
			t.Fatalf("answer %s", got)
		}
	}
	if got := reqCount(t, n, "counted.skydns.local"); got != before+asked {
		t.Errorf("%d queries are counted after %d and %d more", got, before, asked)
	}
	if held := fetch(t, "http://"+n.Stats+"/skydns/domainL1/counted.skydns.local?token="+lab.Token); !strings.Contains(held, `"rdata":"192.0.2.7"`) {
		t.Errorf("the snapshot holds %s", held)
	}
	var total map[string]int64
	if err := json.Unmarshal([]byte(fetch(t, "http://"+n.Stats+"/skydns/stats?token="+lab.Token)), &total); err != nil || total["reqCount"] < asked {
		t.Errorf("%v, %v", total, err)
	}
}

// reqCount is how often the statistics say that a name was asked for.
func reqCount(t *testing.T, n *lab.Node, name string) int64 {
	t.Helper()
	var d struct {
		ReqCount  int64     `json:"reqCount"`
		LastQuery time.Time `json:"lastQueryTime"`
	}
	if err := json.Unmarshal([]byte(fetch(t, "http://"+n.Stats+"/skydns/stats/"+name+"?token="+lab.Token)), &d); err != nil {
		t.Fatal(err)
	}
	if age := time.Since(d.LastQuery); age > time.Minute || age < -time.Minute {
		t.Errorf("asked last at %v", d.LastQuery)
	}
	return d.ReqCount
}

// askOnce is the rcode of one query over UDP, or the error.
func askOnce(n *lab.Node, name string) string {
	c := dns.Client{Timeout: 2 * time.Second}
	reply, _, err := c.Exchange(new(dns.Msg).SetQuestion(name, dns.TypeA), n.DNS)
	if err != nil {
		return err.Error()
	}
	return dns.RcodeToString[reply.Rcode]
}
