package interop

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/miekg/dns"
	clientv3 "go.etcd.io/etcd/client/v3"
)

var (
	seed = flag.Uint64("seed", 0, "what makes messages at random; 0: another one each time")
	keys = flag.Int("keys", 300, "how many keys of each kind")
)

// pair is both sides on one etcd.
type pair struct {
	*testing.T
	ours   *node
	theirs coreDNS
	client *clientv3.Client
	marks  int
}

func newPair(t *testing.T) *pair {
	t.Helper()
	n := startNode(t)
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{n.etcd}, DialTimeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return &pair{T: t, ours: n, theirs: newCoreDNS(client), client: client}
}

// put writes keys and waits until we answer by them.
func (p *pair) put(values map[string]string) {
	p.Helper()
	for key, value := range values {
		if _, err := p.client.Put(context.Background(), key, value); err != nil {
			p.Fatal(err)
		}
	}
	p.marks++
	mark := fmt.Sprintf("mark%d", p.marks)
	if _, err := p.client.Put(context.Background(), "/skydns/local/skydns/"+mark, `{"host":"192.0.2.1"}`); err != nil {
		p.Fatal(err)
	}
	eventually(p.T, "take what was written", func() error {
		got, err := p.ours.ask(mark+"."+zone, dns.TypeA)
		if err == nil && len(got.rrs) != 1 {
			err = fmt.Errorf("answer %v", got)
		}
		return err
	})
}

// TestRandomMessages verifies that both sides give the same answers to
// thousands of queries over random messages.
func TestRandomMessages(t *testing.T) {
	t.Logf("make test-interop SEED=%d KEYS=%d", *seed, *keys)
	p := newPair(t)
	m := randomMessages(rand.New(rand.NewPCG(*seed, 0)), *keys)
	p.put(m.values)
	queries, wrong := 0, 0
	for _, name := range m.names() {
		for _, qtype := range m.queries[name] {
			queries++
			ours, err := p.ours.ask(name, qtype)
			if err != nil {
				t.Fatal(err)
			}
			theirs := p.theirs.ask(t, name, qtype)
			if ours.String() == theirs.String() && ours.lowest <= theirs.lowest {
				continue
			}
			if wrong++; wrong <= 10 {
				t.Errorf("%s %s:\nours   %v (TTL %d)\ntheirs %v (TTL %d)", name, dns.TypeToString[qtype], ours, ours.lowest, theirs, theirs.lowest)
			}
		}
	}
	t.Logf("%d keys, %d queries, %d differences", len(m.values), queries, wrong)
}

// TestWrittenByREST verifies that CoreDNS answers as we do by what our REST
// interface writes.
func TestWrittenByREST(t *testing.T) {
	p := newPair(t)
	for _, c := range []struct {
		name, body string
		qtype      uint16
	}{
		{"a", `{"type":"A","ips":["10.0.0.1","10.0.0.2"]}`, dns.TypeA},
		{"aaaa", `{"type":"AAAA","ips":["2001:db8::1"]}`, dns.TypeAAAA},
		{"srv", `{"type":"SRV","target":"a.skydns.local.","ports":[80],"priority":5,"weight":100}`, dns.TypeSRV},
		{"mx", `{"type":"MX","mailHost":"mx.example.net.","mailPriority":7}`, dns.TypeMX},
		{"txt", `{"type":"TXT","text":"hello world"}`, dns.TypeTXT},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := p.ours.post(c.name+"."+zone, c.body); err != nil {
				t.Fatal(err)
			}
			p.put(nil)
			ours, err := p.ours.ask(c.name+"."+zone, c.qtype)
			if err != nil {
				t.Fatal(err)
			}
			if theirs := p.theirs.ask(t, c.name+"."+zone, c.qtype); ours.String() != theirs.String() || len(ours.rrs) == 0 {
				t.Errorf("ours %v, theirs %v", ours, theirs)
			}
		})
	}
}
