package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// timeout bounds one request, a list of all names included.
const timeout = 2 * time.Minute

// client speaks to one REST interface.
type client struct {
	base        *url.URL // up to and with /skydns/api
	token, user string
}

// newClient takes the address as host:port or as a URL.
func newClient(addr, token, user string) (*client, error) {
	if addr == "" {
		return nil, usageError("want -addr or SKYDNS_API_ADDR, such as 127.0.0.1:9001")
	}
	if !strings.Contains(addr, "://") {
		addr = "http://" + addr
	}
	base, err := url.Parse(addr)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, usageError(fmt.Sprintf("-addr: want HOST:PORT or a URL, not %q", addr))
	}
	return &client{base: base.JoinPath("skydns", "api"), token: token, user: user}, nil
}

// get reads a name, which may also be that of a service of Kubernetes, or
// with an empty one all names, as JSON.
func (c *client) get(ctx context.Context, name string) ([]byte, error) {
	query := url.Values{}
	if name != "" {
		query.Set("svc", "true")
	}
	return c.do(ctx, http.MethodGet, name, query, "")
}

// do sends a request with a body in JSON. The error of a refusal is the
// interface's own text.
func (c *client) do(ctx context.Context, method, name string, query url.Values, body string) ([]byte, error) {
	return c.send(ctx, method, name, query, "application/json", body)
}

// send is do for a body of any type.
func (c *client) send(ctx context.Context, method, name string, query url.Values, kind, body string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	to := *c.base
	if name != "" {
		to = *to.JoinPath(url.PathEscape(name))
	}
	if c.user != "" {
		query.Set("user", c.user)
	}
	to.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, to.String(), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.base.Host, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, refusal(resp, text)
	}
	return text, nil
}

// refusal is what an answer other than 200 says, in one line.
func refusal(resp *http.Response, text []byte) error {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if !strings.HasPrefix(line, "ERR, ") {
		return fmt.Errorf("%s is no REST interface of SkyDNS: it answers %s", resp.Request.URL.Host, resp.Status)
	}
	return fmt.Errorf("%s", line)
}
