package cookie

import (
	"encoding/json"
	"testing"
	"time"
)

// TestStages verifies that each secret is accepted everywhere before it is
// used, and after it was used for as long as cookies made with it last.
func TestStages(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := fresh(now)
	var known []string // secrets that nodes accepted in the stage before
	for _, want := range []struct {
		stage string
		after time.Duration
	}{{announced, lifetime}, {rolled, spread}, {steady, expiry}, {announced, lifetime}, {rolled, spread}} {
		known = []string{s.Sign, s.Accept}
		if early, due := s.next(now.Add(want.after - time.Second)); due || early != s {
			t.Fatalf("%s began too early", want.stage)
		}
		now = now.Add(want.after)
		next, due := s.next(now)
		if !due || next.Stage != want.stage || next.Since != now.Unix() {
			t.Fatalf("got %+v, %v; want %s", next, due, want.stage)
		}
		if next.Sign != known[0] && next.Sign != known[1] {
			t.Fatalf("%s signs with a secret that not all nodes know", next.Stage)
		}
		if next.Sign != s.Sign && next.Accept != s.Sign {
			t.Fatalf("%s refuses the cookies of the stage before", next.Stage)
		}
		value, err := json.Marshal(next)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := parse(value); err != nil || back != next {
			t.Fatalf("%s reads as %+v, %v", value, back, err)
		}
		s = next
	}
}

func TestValuesRefused(t *testing.T) {
	const secret = "e5e973e5a6b2a43f48e7dc849e37bfcf"
	for name, value := range map[string]string{
		"not JSON":                 "secret",
		"empty":                    "{}",
		"unknown stage":            `{"sign":"` + secret + `","stage":"other"}`,
		"short secret":             `{"sign":"e5e9","stage":"steady"}`,
		"not hex":                  `{"sign":"` + secret[:31] + `x","stage":"steady"}`,
		"announced without a next": `{"sign":"` + secret + `","stage":"announced"}`,
		"short next":               `{"sign":"` + secret + `","accept":"00","stage":"announced"}`,
	} {
		if _, err := parse([]byte(value)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"sign":"e5e973e5a6b2a43f48e7dc849e37bfcf","stage":"steady","since":1800000000}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		s, err := parse(value)
		if err != nil {
			return
		}
		if w, err := s.words(); err != nil || w.Sign == [2]uint64{} && s.Sign != "00000000000000000000000000000000" {
			t.Fatalf("%q gives %v, %v", value, w, err)
		}
	})
}

// TestSinceInTheFutureStopsRotation verifies that secrets go on where a clock
// that was years ahead has written them, and that clocks which differ a little
// end no stage early.
func TestSinceInTheFutureStopsRotation(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for stage, want := range map[string]string{steady: announced, announced: rolled, rolled: steady} {
		s := Secrets{Sign: random(), Accept: random(), Stage: stage, Since: now.Add(10 * 365 * 24 * time.Hour).Unix()}
		if next, due := s.next(now); !due || next.Stage != want || next.Since != now.Unix() {
			t.Errorf("%s from the far future: %+v, %v", stage, next, due)
		}
		s.Since = now.Add(expiry).Unix()
		if next, due := s.next(now); due {
			t.Errorf("%s from the near future: %+v", stage, next)
		}
	}
}
