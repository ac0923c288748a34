package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"
)

// timeout bounds one request, a list of all names included.
const timeout = 2 * time.Minute

// client speaks to one REST interface.
type client struct {
	http        *http.Client
	root, base  *url.URL // of everything, and up to and with /skydns/api
	token, user string
}

// client is one for the command line's connection. Its address is host:port or
// a URL.
func (o *options) client() (*client, error) {
	if err := o.connection.complete(); err != nil {
		return nil, err
	}
	if o.addr == "" {
		return nil, usageError("want -addr, SKYDNS_API_ADDR or -config-file, such as -addr 127.0.0.1:9001")
	}
	root, err := url.Parse(withScheme(o.addr))
	if err != nil || root.Host == "" || root.User != nil || root.Scheme != "http" && root.Scheme != "https" {
		return nil, usageError(fmt.Sprintf("-addr: want HOST:PORT or a URL, not %q", o.addr))
	}
	c := &client{http: http.DefaultClient, root: root, base: root.JoinPath("skydns", "api"), token: o.token, user: o.user}
	if o.ca == "" {
		return c, nil
	}
	roots, err := trusted(o.ca)
	c.http = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	return c, err
}

// withScheme makes a URL of HOST:PORT.
func withScheme(addr string) string {
	if strings.Contains(addr, "://") {
		return addr
	}
	return "http://" + addr
}

// reachable is an address to listen on as one to connect to.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip, bad := netip.ParseAddr(host); err == nil && (host == "" || bad == nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
		return net.JoinHostPort(host, port)
	}
	return addr
}

// trusted are the system's certificates and those in a file.
func trusted(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-ca: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("-ca: %s holds no certificate in PEM form", file)
	}
	return roots, nil
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
	resp, err := c.http.Do(r)
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
