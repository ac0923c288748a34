package engine

import "testing"

// TestReconfigure verifies that a configuration is taken with the next batch.
func TestReconfigure(t *testing.T) {
	e := New(Config{Seed: 1})
	e.Reconfigure(Config{Mode: HoneOne, Identity: "n1", Cookies: true, UDPSize: 600, Limits: Limits{Queries: 1, IPv4: 24, IPv6: 56}})
	if e.mode != AllRotated {
		t.Error("taken before a batch")
	}
	e.Answer(nil, new(Batch))
	if e.mode != HoneOne || e.nsid != "n1" || !e.cookies || e.udpSize != 600 || e.limits == nil || e.next.Load() != nil {
		t.Errorf("not taken: %+v", e)
	}
	e.Reconfigure(Config{})
	e.Answer(nil, new(Batch))
	if e.mode != AllRotated || e.nsid != "" || e.udpSize != ourSize || e.limits != nil {
		t.Errorf("not taken back: %+v", e)
	}
}
