package main

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/engine"
)

// TestEngineConfig verifies that limits are shared among engines, and that
// prefixes stay what they were.
func TestEngineConfig(t *testing.T) {
	c := configs.Default()
	c.RateLimit.Queries, c.RateLimit.Replies = 100, 0
	c.RateLimit.Exempt = configs.Prefixes{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	got := engineConfig(c, 3).Limits
	if got.Queries != 34 || got.Replies != 0 || got.Slip != 2 || got.IPv4 != 24 || got.IPv6 != 56 {
		t.Errorf("got %+v", got)
	}
	want := []engine.Network{
		{Client: engine.Client{Lo: 0xffff_c000_0200}, Bits: 120},
		{Client: engine.Client{Hi: 0x2001_0db8_0000_0000}, Bits: 32},
	}
	if fmt.Sprint(got.Exempt) != fmt.Sprint(want) {
		t.Errorf("exempt %v, want %v", got.Exempt, want)
	}
}
