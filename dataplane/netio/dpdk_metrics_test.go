//go:build dpdk

package netio_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"testing"
)

// statsAddr is where a node under test shows its metrics, in its namespace.
const statsAddr = "127.0.0.1:9053"

// nodeMetrics is the metrics that a node shows.
func nodeMetrics(t *testing.T, node netns) string {
	t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (conn net.Conn, err error) {
			node.do(t, func() { conn, err = net.Dial("tcp", statsAddr) })
			return conn, err
		},
	}}
	response, err := client.Get("http://" + statsAddr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var dropLine = regexp.MustCompile(`skydns_dataplane_drops_total\{core="[0-9]+",reason="([a-z-]+)"\} ([1-9][0-9.e+]*)`)

// nodeDrops is what the poll loops of a node have dropped, by reason.
func nodeDrops(t *testing.T, node netns) map[string]uint64 {
	t.Helper()
	drops := map[string]uint64{}
	for _, m := range dropLine.FindAllStringSubmatch(nodeMetrics(t, node), -1) {
		drops[m[1]] += number(t, m[2])
	}
	return drops
}

var toKernelLine = regexp.MustCompile(`skydns_dataplane_exceptions_total\{direction="to-kernel"\} ([0-9.e+]+)`)

// toKernel is how many frames the exception port of a node has given to its kernel.
func toKernel(t *testing.T, node netns) uint64 {
	t.Helper()
	m := toKernelLine.FindStringSubmatch(nodeMetrics(t, node))
	if m == nil {
		t.Fatal("the node does not say what went to the kernel")
	}
	return number(t, m[1])
}

// number reads a count as Prometheus writes it.
func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return uint64(n)
}
