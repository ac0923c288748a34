package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/tools/lab"
)

// Names that are made once and answered throughout.
const (
	steadyName, steadyIP = "steady" + domain, "10.99.0.1"
	targetIP             = "10.99.0.2"
)

// judge compares etcd, REST and DNS with the clients' models.
type judge struct {
	*world
	etcd *clientv3.Client
}

func newJudge(w *world, urls []string) *judge {
	etcd, err := clientv3.New(clientv3.Config{Endpoints: urls})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { etcd.Close() })
	return &judge{world: w, etcd: etcd}
}

// judge waits until all that runs is well, and compares. Changes of unknown
// outcome are settled by what etcd holds.
func (j *judge) judge(all []*client) {
	for _, m := range j.members {
		lab.Eventually(j.T, "mend etcd", func() error { return get(m.URL+"/health", nil) })
	}
	j.node.WaitReady(j.T)
	var held map[string]state
	lab.Eventually(j.T, "read etcd", func() (err error) { held, err = j.read(); return err })
	for _, c := range all {
		if c.wrong != nil {
			j.Errorf("client %d: refused: %v", c.id, c.wrong)
		}
		for name := range c.model {
			s := held[name]
			if _, ok := c.model[name][s.String()]; !ok {
				j.Errorf("etcd holds %q for %s, which may hold %q", s, name, c.model.possible(name))
			}
			c.model.settle(name, s)
			lab.Eventually(j.T, "compare REST and DNS with etcd", func() error {
				return errors.Join(j.compareREST(name, s), j.compareDNS(name, s))
			})
		}
	}
}

// read is what etcd holds of all names, as the cluster's majority says.
func (j *judge) read() (map[string]state, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	const prefix = "/skydns/local/skydns/"
	resp, err := j.etcd.Get(ctx, prefix, clientv3.WithPrefix())
	if err != nil {
		return nil, err
	}
	held := map[string]state{}
	for _, kv := range resp.Kvs {
		label, _, _ := strings.Cut(strings.TrimPrefix(string(kv.Key), prefix), "/")
		var message struct{ Type, Host string }
		if err := json.Unmarshal(kv.Value, &message); err != nil {
			return nil, fmt.Errorf("%s: %w", kv.Key, err)
		}
		name := label + domain
		if message.Type == "A" {
			held[name] = held[name].withIP(message.Host)
		} else {
			held[name] = state{alias: dns.Fqdn(message.Host)}
		}
	}
	return held, nil
}

// compareREST is an error if REST does not show the state of a name.
func (j *judge) compareREST(name string, want state) error {
	var shown map[string]struct {
		IPs    []string
		Target string
	}
	if err := get("http://"+j.node.API+"/skydns/api/"+name+"?token="+lab.Token, &shown); err != nil && want.String() != "" {
		return fmt.Errorf("REST: %s: %w", name, err)
	}
	got := state{ips: shown[name].IPs, alias: shown[name].Target}
	slices.Sort(got.ips)
	if got.String() != want.String() {
		return fmt.Errorf("REST shows %q for %s, want %q", got, name, want)
	}
	return nil
}

// compareDNS is an error if DNS does not answer with the state of a name.
func (j *judge) compareDNS(name string, want state) error {
	got, rcode, err := ask(j.node.DNS, name)
	if err != nil {
		return fmt.Errorf("DNS: %s: %w", name, err)
	}
	exists := want.String() != ""
	if got.String() != want.String() || exists != (rcode == dns.RcodeSuccess) {
		return fmt.Errorf("DNS answers %s and %q for %s, want %q", dns.RcodeToString[rcode], got, name, want)
	}
	return nil
}

// watchSteady asks for a name that nobody changes until the function it gives
// is called, which tells of a wrong answer. No answer is none: dataplane may be
// dead at the moment.
func (j *judge) watchSteady() (end func() error) {
	lab.Eventually(j.T, "make names", func() error { return j.compareDNS(steadyName, state{ips: []string{steadyIP}}) })
	stop, wrong := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				wrong <- nil
				return
			case <-time.After(2 * time.Millisecond):
			}
			got, rcode, err := ask(j.node.DNS, steadyName)
			if err == nil && got.String() != steadyIP {
				wrong <- fmt.Errorf("%s is answered with %s and %q", steadyName, dns.RcodeToString[rcode], got)
				return
			}
		}
	}()
	return func() error { close(stop); return <-wrong }
}

// ask is the state that DNS answers for a name.
func ask(server, name string) (state, int, error) {
	query := new(dns.Msg)
	query.SetQuestion(name, dns.TypeA)
	client := dns.Client{Timeout: time.Second}
	reply, _, err := client.Exchange(query, server)
	if err != nil {
		return state{}, 0, err
	}
	s := state{}
	for _, rr := range reply.Answer {
		switch rr := rr.(type) {
		case *dns.CNAME:
			return state{alias: rr.Target}, reply.Rcode, nil
		case *dns.A:
			s = s.withIP(rr.A.String())
		}
	}
	return s, reply.Rcode, nil
}

// get reads JSON, where to is not nil; a status other than 200 is an error.
func get(url string, to any) error {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	if to == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(to)
}
