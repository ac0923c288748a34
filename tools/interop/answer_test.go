package interop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/coredns/coredns/plugin/etcd"
	"github.com/coredns/coredns/plugin/pkg/dnstest"
	"github.com/coredns/coredns/plugin/pkg/upstream"
	"github.com/coredns/coredns/plugin/test"
	"github.com/miekg/dns"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const typeSOA = dns.TypeSOA

// answer is what a server says to one query.
type answer struct {
	rcode  string
	rrs    []string // of the answer section, without TTLs, sorted, each once
	lowest uint32   // TTL of those
}

func (a answer) String() string { return a.rcode + " " + strings.Join(a.rrs, " | ") }

// answerOf takes what is compared out of a reply.
func answerOf(m *dns.Msg) answer {
	a := answer{rcode: dns.RcodeToString[m.Rcode], lowest: 1<<32 - 1}
	for _, rr := range m.Answer {
		a.lowest = min(a.lowest, rr.Header().Ttl)
		header := rr.Header().String()
		data := strings.TrimPrefix(rr.String(), header)
		a.rrs = append(a.rrs, strings.ToLower(fmt.Sprintf("%s %s %s", rr.Header().Name, dns.TypeToString[rr.Header().Rrtype], data)))
	}
	slices.Sort(a.rrs)
	a.rrs = slices.Compact(a.rrs)
	return a
}

// ask asks our dataplane.
func (n *node) ask(name string, qtype uint16) (answer, error) {
	client := dns.Client{Net: "tcp", Timeout: patience}
	reply, _, err := client.Exchange(new(dns.Msg).SetQuestion(name, qtype), n.dns)
	if err != nil {
		return answer{}, err
	}
	return answerOf(reply), nil
}

// coreDNS is CoreDNS's etcd plugin on the same etcd.
type coreDNS struct{ *etcd.Etcd }

func newCoreDNS(client *clientv3.Client) coreDNS {
	return coreDNS{&etcd.Etcd{Zones: []string{zone, arpaZone}, PathPrefix: "skydns", Client: client, Upstream: upstream.New()}}
}

// ask asks the plugin.
func (c coreDNS) ask(t *testing.T, name string, qtype uint16) answer {
	t.Helper()
	recorder := dnstest.NewRecorder(&test.ResponseWriter{})
	_, err := c.ServeDNS(context.Background(), recorder, new(dns.Msg).SetQuestion(name, qtype))
	if err != nil {
		return answer{rcode: "error: " + err.Error()}
	}
	if recorder.Msg == nil {
		return answer{rcode: "no reply"}
	}
	return answerOf(recorder.Msg)
}
