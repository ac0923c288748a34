package health

import (
	"encoding/json"
	"errors"
	"testing"
)

const prefix = "/skydns/monitor/status/"

func TestAddr(t *testing.T) {
	for key, want := range map[string]string{
		prefix + "192.168.10.3":        "192.168.10.3",
		prefix + "192.168.10.3/":       "192.168.10.3",
		prefix + "2001:db8::1":         "2001:db8::1",
		prefix + "::ffff:192.168.10.3": "192.168.10.3",
	} {
		if addr, err := Addr(prefix, key); err != nil || addr.String() != want {
			t.Errorf("%s: %v, %v", key, addr, err)
		}
	}
	for _, key := range []string{prefix, prefix + "x", prefix + "fe80::1%eth0", prefix + "10.0.0.1/24"} {
		if addr, err := Addr(prefix, key); !errors.Is(err, ErrStatus) {
			t.Errorf("%s: %v, %v", key, addr, err)
		}
	}
}

func TestIsUp(t *testing.T) {
	for value, want := range map[string]bool{
		`{"status":"UP"}`:                                 true,
		`{"status":"DOWN"}`:                               false,
		`{"status":"down","ports":"80"}`:                  false,
		`{"status":"UP","ports":["80"],"domains":["a."]}`: true,
	} {
		if up, err := IsUp([]byte(value)); err != nil || up != want {
			t.Errorf("%s: %v, %v", value, up, err)
		}
	}
	for _, value := range []string{``, `{}`, `DOWN`, `{"status":"MAYBE"}`, `{"status":1}`} {
		if _, err := IsUp([]byte(value)); !errors.Is(err, ErrStatus) {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func FuzzIsUp(f *testing.F) {
	f.Add([]byte(`{"status":"DOWN"}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		if up, err := IsUp(value); err == nil && up {
			if !json.Valid(value) {
				t.Fatal("not JSON, yet UP")
			}
		}
	})
}
