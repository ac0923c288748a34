package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// sample is what a statistics server said at a moment.
type sample struct {
	at       time.Time
	families map[string]*dto.MetricFamily
	names    []name // asked for most; nil without a token
	nameErr  error  // why there are none
}

// name is a name that is asked for much.
type name struct {
	Domain     string `json:"domain"`
	ReqCount   uint64 `json:"reqCount"`
	ErrorBound uint64 `json:"errorBound"`
}

// source reads a statistics server.
type source struct {
	url    string
	token  string
	names  int
	client http.Client
}

func newSource(o *options) *source {
	return &source{url: "http://" + o.addr, token: o.token, names: o.names, client: http.Client{Timeout: 5 * time.Second}}
}

// maxBody bounds what is read of an answer, in octets.
const maxBody = 16 << 20

// read takes a sample. That the names cannot be had is no error: the sample says so.
func (s *source) read(ctx context.Context) (*sample, error) {
	body, err := s.get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read %s/metrics: %w: is that the statsServer of a dataplane?", s.url, err)
	}
	taken := &sample{at: time.Now(), families: families}
	if s.token != "" && s.names > 0 {
		taken.names, taken.nameErr = s.top(ctx)
	}
	return taken, nil
}

// top asks for the names.
func (s *source) top(ctx context.Context) ([]name, error) {
	body, err := s.get(ctx, "/skydns/stats/top/"+strconv.Itoa(s.names))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var names []name
	if err := json.NewDecoder(io.LimitReader(body, maxBody)).Decode(&names); err != nil {
		return nil, fmt.Errorf("read the names: %w", err)
	}
	return names, nil
}

// get asks for a path; the caller closes the body.
func (s *source) get(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, fmt.Errorf("-addr: %w", err)
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		var failed *url.Error // says the URL once more
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, fmt.Errorf("ask %s: %w: is dataplane running, with this statsServer?", s.url, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.Body, nil
	case http.StatusUnauthorized:
		err = fmt.Errorf("%s refuses the token: give statsServerAuthToken (-token)", s.url)
	default:
		err = fmt.Errorf("ask %s%s: %s", s.url, path, resp.Status)
	}
	resp.Body.Close()
	return nil, err
}
