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
	texts    = 4  // names of one client with TXT and SRV
	ipChoice = 6  // addresses that one name may have

	sharedNames = 3 // names that all clients change, each its own addresses
	mostOwn     = 6 // addresses of a client at one name: those of all fit into a reply
)

// outcome is what a client knows of a change that it asked for.
type outcome int

const (
	done outcome = iota
	refused
	unknown
)

// client changes names over REST at random. Its model is read by
// the judge while the client rests.
type client struct {
	id    int
	url   string // of REST
	rand  *rand.Rand
	model model
	http  http.Client

	resting sync.Mutex // held by the judge while the client rests, else by the client
	joint   [][]step   // changes of several names at once, of unknown outcome
	counts  [unknown + 1]int
	wrong   error // a refusal of what must not be refused
}

func newClient(id int, node *lab.Node, seed uint64) *client {
	c := &client{id: id, url: "http://" + node.API + "/skydns/api", rand: rand.New(rand.NewPCG(seed, uint64(id))), model: model{}}
	c.http.Timeout = 8 * time.Second
	for i := range hosts {
		c.model.settle(c.host(i), nil)
	}
	for i := range aliases {
		c.model.settle(c.alias(i), nil)
	}
	for i := range texts {
		c.model.settle(c.text(i), nil)
	}
	for i := range sharedNames {
		c.model.settle(shared(i), nil)
	}
	return c
}

func (c *client) host(i int) string  { return fmt.Sprintf("c%d-h%d%s", c.id, i, domain) }
func (c *client) alias(i int) string { return fmt.Sprintf("c%d-a%d%s", c.id, i, domain) }
func (c *client) text(i int) string  { return fmt.Sprintf("c%d-t%d%s", c.id, i, domain) }
func shared(i int) string            { return fmt.Sprintf("%s%d%s", sharedPrefix, i, domain) }

const sharedPrefix = "shared"

// part is what of a name's records the client's model tells of.
func (c *client) part(name string, all state) state {
	if !strings.HasPrefix(name, sharedPrefix) {
		return all
	}
	own := fmt.Sprintf("A 10.%d.", c.id)
	return all.only(func(line string) bool { return strings.HasPrefix(line, own) })
}

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

// ask sends a change, and notes the outcome.
func (c *client) ask(s step) {
	path := s.path
	if path == "" {
		path = s.name
	}
	c.note([]step{s}, s.method, path, s.body)
}

// askAll sends changes of several names as one.
func (c *client) askAll(steps []step) {
	list := make([]string, len(steps))
	for i, s := range steps {
		list[i] = fmt.Sprintf(`{"method":%q,"name":%q`, s.method, s.name)
		if s.body == "" {
			list[i] += "}"
		} else {
			list[i] += "," + strings.TrimPrefix(s.body, "{")
		}
	}
	c.note(steps, http.MethodPost, "", "["+strings.Join(list, ",")+"]")
}

// note sends a request that takes these steps, and notes the outcome.
func (c *client) note(steps []step, method, path, body string) {
	o, said := c.send(method, path, body)
	c.counts[o]++
	if o == unknown && len(steps) > 1 {
		c.joint = append(c.joint, steps)
	}
	for _, s := range steps {
		switch o {
		case done:
			c.model.settle(s.name, s.after)
		case unknown:
			c.model.doubt(s.name, s.after)
		}
	}
	if o == refused {
		c.wrong = fmt.Errorf("%s %s %s: %s", method, path, body, said)
	}
}

// send sends a request. Control says 409 where an earlier request whose
// outcome was not known reaches etcd late: nothing was changed then.
func (c *client) send(method, path, body string) (outcome, string) {
	req, err := http.NewRequest(method, strings.TrimSuffix(c.url+"/"+path, "/")+"?token="+lab.Token, strings.NewReader(body))
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
