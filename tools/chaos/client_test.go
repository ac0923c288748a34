package chaos

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

const (
	domain   = ".skydns.local."
	hosts    = 12 // names with addresses of one client
	aliases  = 4  // names of one client that are aliases
	ipChoice = 6  // addresses that one name may have
)

// outcome is what a client knows of a change that it asked for.
type outcome int

const (
	done outcome = iota
	refused
	unknown
)

// client changes names of its own over REST at random. Its model is read by
// the judge while the client rests.
type client struct {
	id    int
	url   string // of REST
	rand  *rand.Rand
	model model
	http  http.Client

	resting sync.Mutex // held by the judge while the client rests, else by the client
	counts  [unknown + 1]int
	wrong   error // a refusal of what must not be refused
}

func newClient(id int, node *lab.Node, seed uint64) *client {
	c := &client{id: id, url: "http://" + node.API + "/skydns/api/", rand: rand.New(rand.NewPCG(seed, uint64(id))), model: model{}}
	c.http.Timeout = 8 * time.Second
	for i := range hosts {
		c.model.settle(c.host(i), state{})
	}
	for i := range aliases {
		c.model.settle(c.alias(i), state{})
	}
	return c
}

func (c *client) host(i int) string  { return fmt.Sprintf("c%d-h%d%s", c.id, i, domain) }
func (c *client) alias(i int) string { return fmt.Sprintf("c%d-a%d%s", c.id, i, domain) }

// run changes names until stop is closed.
func (c *client) run(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		c.resting.Lock()
		c.change()
		c.resting.Unlock()
		time.Sleep(time.Duration(c.rand.IntN(20)) * time.Millisecond)
	}
}

// change makes one change whose outcome the model can foretell.
func (c *client) change() {
	if c.rand.IntN(5) == 0 {
		c.changeAlias(c.alias(c.rand.IntN(aliases)))
		return
	}
	name := c.host(c.rand.IntN(hosts))
	s, known := c.model.of(name)
	if !known {
		return // until the judge has looked
	}
	ip := fmt.Sprintf("10.%d.%d.%d", c.id, c.rand.IntN(hosts), 1+c.rand.IntN(ipChoice))
	switch {
	case len(s.ips) == 0 || c.rand.IntN(2) == 0:
		c.ask(name, s.withIP(ip), http.MethodPost, name, fmt.Sprintf(`{"type":"A","ips":[%q]}`, ip))
	case c.rand.IntN(3) == 0:
		c.ask(name, state{}, http.MethodDelete, name, "")
	case c.rand.IntN(2) == 0:
		old := s.ips[c.rand.IntN(len(s.ips))]
		c.ask(name, s.withoutIP(old), http.MethodDelete, name, fmt.Sprintf(`{"type":"A","ips":[%q]}`, old))
	default:
		old := s.ips[c.rand.IntN(len(s.ips))]
		if after := s.withoutIP(old).withIP(ip); len(after.ips) == len(s.ips) && old != ip {
			c.ask(name, after, http.MethodPut, name, fmt.Sprintf(`{"type":"A","update":{%q:%q}}`, old, ip))
		}
	}
}

// changeAlias makes a name an alias, or takes it away.
func (c *client) changeAlias(name string) {
	s, known := c.model.of(name)
	switch {
	case !known:
	case s.alias != "":
		c.ask(name, state{}, http.MethodDelete, name, "")
	default:
		target := "target" + domain
		c.ask(name, state{alias: target}, http.MethodPost, target, fmt.Sprintf(`{"type":"cname","alias":%q}`, name))
	}
}

// ask sends a change that makes name hold after, and notes the outcome.
func (c *client) ask(name string, after state, method, path, body string) {
	o, said := c.send(method, path, body)
	c.counts[o]++
	switch o {
	case done:
		c.model.settle(name, after)
	case unknown:
		c.model.doubt(name, after)
	case refused:
		c.wrong = fmt.Errorf("%s %s %s: %s", method, path, body, said)
	}
}

// send sends a request. Control says 409 where an earlier request whose
// outcome was not known reaches etcd late: nothing was changed then.
func (c *client) send(method, path, body string) (outcome, string) {
	req, err := http.NewRequest(method, c.url+path+"?token="+lab.Token, strings.NewReader(body))
	if err != nil {
		return refused, err.Error()
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unknown, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil || resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusConflict:
		return unknown, ""
	case resp.StatusCode == http.StatusOK:
		return done, ""
	}
	return refused, fmt.Sprintf("%s: %s", resp.Status, text)
}
