package chaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
type judge struct{ *world }

func newJudge(w *world, urls []string) *judge {
	var err error
	if w.etcd, err = clientv3.New(clientv3.Config{Endpoints: urls, DialKeepAliveTime: 10 * time.Second, DialKeepAliveTimeout: 3 * time.Second}); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { w.etcd.Close() })
	return &judge{w}
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
		j.judgeClient(c, held)
	}
	lab.Eventually(j.T, "compare REST and DNS with etcd", func() error {
		var errs error
		for _, name := range j.names(all) {
			errs = errors.Join(errs, j.compareREST(name, held[name]), j.compareDNS(name, held[name]))
		}
		return errs
	})
}

// judgeClient compares what etcd holds with a client's model.
func (j *judge) judgeClient(c *client, held map[string]state) {
	if c.wrong != nil {
		j.Errorf("client %d: refused: %v", c.id, c.wrong)
	}
	for _, steps := range c.joint {
		taken, of := 0, 0
		for _, s := range steps {
			if s.before.String() == s.after.String() {
				continue
			}
			of++
			if c.part(s.name, held[s.name]).String() == s.after.String() {
				taken++
			}
		}
		if taken != 0 && taken != of {
			j.Errorf("of %d changes at once %d took place: %+v", of, taken, steps)
		}
	}
	c.joint = nil
	for name := range c.model {
		s := c.part(name, held[name])
		if _, ok := c.model[name][s.String()]; !ok {
			j.Errorf("etcd holds %q for %s, which may hold %q", s, name, c.model.possible(name))
		}
		c.model.settle(name, s)
	}
}

// names are the names of all models.
func (j *judge) names(all []*client) []string {
	names := map[string]bool{}
	for _, c := range all {
		for name := range c.model {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
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
		line, err := lineOf(kv.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kv.Key, err)
		}
		held[label+domain] = held[label+domain].with(line)
	}
	return held, nil
}

// compareREST is an error if REST does not show the state of a name.
func (j *judge) compareREST(name string, want state) error {
	var all map[string]shown
	if err := get("http://"+j.node.API+"/skydns/api/"+name+"?token="+lab.Token, &all); err != nil && want.String() != "" {
		return fmt.Errorf("REST: %s: %w", name, err)
	}
	if got := all[name].state(); got.String() != want.String() {
		return fmt.Errorf("REST shows %q for %s, want %q", got, name, want)
	}
	return nil
}

// compareDNS is an error if DNS does not answer with the state of a name.
func (j *judge) compareDNS(name string, want state) error {
	var got state
	rcode := 0
	types := []uint16{dns.TypeA}
	if strings.Contains(name, "-t") {
		types = []uint16{dns.TypeTXT, dns.TypeSRV}
	}
	for _, qtype := range types {
		answer, code, err := ask(j.node.DNS, name, qtype)
		if err != nil {
			return fmt.Errorf("DNS: %s: %w", name, err)
		}
		rcode = code
		for _, line := range answer {
			got = got.with(line)
		}
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
	lab.Eventually(j.T, "make names", func() error { return j.compareDNS(steadyName, state{"A " + steadyIP}) })
	stop, wrong := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				wrong <- nil
				return
			case <-time.After(2 * time.Millisecond):
			}
			got, rcode, err := ask(j.node.DNS, steadyName, dns.TypeA)
			if err == nil && got.String() != "A "+steadyIP {
				wrong <- fmt.Errorf("%s is answered with %s and %q", steadyName, dns.RcodeToString[rcode], got)
				return
			}
		}
	}()
	return func() error { close(stop); return <-wrong }
}
