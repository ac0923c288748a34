package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/tools/lab"
)

// TestLargeRRset verifies that a name with thousands of addresses is answered
// whole over TCP, and by TC over UDP.
func TestLargeRRset(t *testing.T) {
	const addresses, post = 3000, 1000
	n := lab.StartNode(t, "", "")
	for i := 0; i < addresses; i += post {
		var ips []string
		for j := i; j < i+post; j++ {
			ips = append(ips, fmt.Sprintf("10.0.%d.%d", j/250, 1+j%250))
		}
		n.MustPost(t, "large.skydns.local", fmt.Sprintf(`{"type":"A","ips":["%s"]}`, strings.Join(ips, `","`)))
	}
	query := new(dns.Msg).SetQuestion("large.skydns.local.", dns.TypeA)
	overTCP := dns.Client{Net: "tcp", Timeout: replyTimeout}
	lab.Eventually(t, "see all addresses", func() error {
		reply, _, err := overTCP.Exchange(query, n.DNS)
		if err != nil {
			return err
		}
		different := map[string]bool{}
		for _, rr := range reply.Answer {
			different[rr.(*dns.A).A.String()] = true
		}
		if reply.Truncated || len(reply.Answer) != addresses || len(different) != addresses {
			return fmt.Errorf("TC %v, %d records, %d addresses", reply.Truncated, len(reply.Answer), len(different))
		}
		return nil
	})
	overUDP := dns.Client{Timeout: replyTimeout}
	reply, _, err := overUDP.Exchange(query, n.DNS)
	if err != nil || !reply.Truncated || len(reply.Answer) != 0 {
		t.Errorf("UDP: %v, %v, want TC and no part of the RRset", err, reply)
	}
}
