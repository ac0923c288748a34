package chaos

import (
	"fmt"
	"net/http"
	"strings"
)

// step is one change of one name, whose outcome the model can foretell.
type step struct {
	name          string
	before, after state
	method, body  string
	path          string // of the request; empty: name
}

// change makes one change, or several at once.
func (c *client) change() {
	switch c.rand.IntN(8) {
	case 0:
		c.changeAlias(c.alias(c.rand.IntN(aliases)))
	case 1, 2:
		c.changeText(c.text(c.rand.IntN(texts)))
	case 3, 4:
		if s, ok := c.shareStep(shared(c.rand.IntN(sharedNames))); ok {
			c.ask(s)
		}
	case 5:
		c.changeMany()
	default:
		if s, ok := c.hostStep(c.host(c.rand.IntN(hosts))); ok {
			c.ask(s)
		}
	}
}

// address is one of the client's own.
func (c *client) address() string {
	return fmt.Sprintf("10.%d.%d.%d", c.id, c.rand.IntN(hosts), 1+c.rand.IntN(ipChoice))
}

// hostStep changes the addresses of a name that the client has alone.
func (c *client) hostStep(name string) (step, bool) {
	s, known := c.model.of(name)
	if known && len(s) > 0 && c.rand.IntN(6) == 0 {
		return step{name: name, before: s, method: http.MethodDelete}, true
	}
	return c.shareStep(name)
}

// shareStep changes the client's own addresses of a name. It makes none while
// what the name holds is not known, or where there is nothing to change.
func (c *client) shareStep(name string) (step, bool) {
	s, known := c.model.of(name)
	if !known {
		return step{}, false
	}
	to := step{name: name, before: s, method: http.MethodPost}
	ip := c.address()
	if len(s) == 0 || len(s) < mostOwn && c.rand.IntN(2) == 0 {
		to.after, to.body = s.with("A "+ip), fmt.Sprintf(`{"type":"A","ips":[%q]}`, ip)
		return to, true
	}
	line := s[c.rand.IntN(len(s))]
	old := strings.TrimPrefix(line, "A ")
	if c.rand.IntN(2) == 0 {
		to.method, to.after, to.body = http.MethodDelete, s.without(line), fmt.Sprintf(`{"type":"A","ips":[%q]}`, old)
		return to, true
	}
	to.method, to.after, to.body = http.MethodPut, s.without(line).with("A "+ip), fmt.Sprintf(`{"type":"A","update":{%q:%q}}`, old, ip)
	return to, len(to.after) == len(s) && old != ip
}

// changeMany changes several names at once: all of them, or none.
func (c *client) changeMany() {
	var steps []step
	for _, i := range c.rand.Perm(hosts)[:2+c.rand.IntN(3)] {
		if s, ok := c.hostStep(c.host(i)); ok {
			steps = append(steps, s)
		}
	}
	if s, ok := c.shareStep(shared(c.rand.IntN(sharedNames))); ok {
		steps = append(steps, s)
	}
	if len(steps) > 0 {
		c.askAll(steps)
	}
}

// changeAlias makes a name an alias, or takes it away.
func (c *client) changeAlias(name string) {
	s, known := c.model.of(name)
	switch {
	case !known:
	case len(s) > 0:
		c.ask(step{name: name, before: s, method: http.MethodDelete})
	default:
		const target = "target" + domain
		c.ask(step{name: name, after: state{"CNAME " + target}, path: target, method: http.MethodPost, body: fmt.Sprintf(`{"type":"cname","alias":%q}`, name)})
	}
}

// changeText adds a TXT or an SRV to a name, or takes away all of a type.
func (c *client) changeText(name string) {
	s, known := c.model.of(name)
	if !known {
		return
	}
	n := c.rand.IntN(ipChoice)
	to := step{name: name, before: s, method: http.MethodPost}
	rrtype := []string{"TXT", "SRV"}[c.rand.IntN(2)]
	switch {
	case c.rand.IntN(3) == 0:
		to.after = s.only(func(line string) bool { return !strings.HasPrefix(line, rrtype) })
		if len(to.after) == len(s) {
			return
		}
		to.method, to.body = http.MethodDelete, fmt.Sprintf(`{"type":%q}`, rrtype)
	case rrtype == "TXT":
		to.after, to.body = s.with(fmt.Sprintf(`TXT "text %d"`, n)), fmt.Sprintf(`{"type":"TXT","text":"text %d"}`, n)
	default:
		to.after = s.with(fmt.Sprintf("SRV %d 7 %d target%s", n, 1000+n, domain))
		to.body = fmt.Sprintf(`{"type":"SRV","target":"target%s","ports":[%d],"priority":%d,"weight":7}`, domain, 1000+n, n)
	}
	c.ask(to)
}
