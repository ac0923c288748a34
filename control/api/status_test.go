package api

import (
	"fmt"
	"testing"
)

// TestStatusByHandOutlivesItsRecords verifies that a status that a person wrote
// over a status key stays as long as names have the address, and no longer: a
// name that gets the address later is not served as DOWN.
func TestStatusByHandOutlivesItsRecords(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	f.ok("POST", "a", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	f.put(f.monitor+"10.0.0.1", `{"status":"DOWN","by":"ann"}`)
	for _, step := range []struct{ method, name, want string }{
		{"POST", "b", `{"by":"ann","domains":["a.D.","b.D."],"status":"DOWN"}`},
		{"DELETE", "b", `{"by":"ann","domains":["a.D."],"status":"DOWN"}`},
		{"DELETE", "a", ""},
		{"POST", "c", `{"domains":["c.D."],"status":"UP"}`},
	} {
		body := `{"ips":["10.0.0.1"]}`
		if step.method == "DELETE" {
			body = ""
		}
		f.ok(step.method, step.name, body)
		if got := f.keys(f.monitor)["10.0.0.1"]; got != step.want {
			t.Errorf("after %s %s: %s, want %s", step.method, step.name, got, step.want)
		}
	}
}

// TestStatusByHandBeforeItsRecords verifies that an address that a person has
// marked before a name has it is DOWN with its first name, and that the mark
// goes with the last one.
func TestStatusByHandBeforeItsRecords(t *testing.T) {
	f := newFixture(t)
	f.put(f.monitor+"10.0.0.1", `{"status":"DOWN"}`)
	f.put(f.monitor+"2001:db8::1", `{"status":"DOWN","domains":null}`)
	f.ok("POST", "a", `{"ips":["10.0.0.1","2001:db8::1"]}`)
	want := map[string]string{"10.0.0.1": `{"domains":["a.D."],"status":"DOWN"}`, "2001:db8::1": `{"domains":["a.D."],"status":"DOWN"}`}
	if got := f.keys(f.monitor); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	f.ok("DELETE", "a", "")
	if got := f.keys(f.monitor); len(got) != 0 {
		t.Errorf("after DELETE: %v", got)
	}
}

// TestStatusWithNamesTakenOut verifies that a mark whose list of names a person
// has emptied stays when a name that has the address gets a service there.
func TestStatusWithNamesTakenOut(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	f.put(f.monitor+"10.0.0.1", `{"status":"DOWN","domains":[]}`)
	f.ok("POST", "a", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	if got, want := f.keys(f.monitor)["10.0.0.1"], `{"domains":["a.D."],"ports":["80"],"status":"DOWN"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestStatusPorts verifies that a status key has the ports of the address's
// services, and keeps those that others wrote.
func TestStatusPorts(t *testing.T) {
	f := newFixture(t)
	check := func(step, want string) {
		t.Helper()
		if got := f.keys(f.monitor)["10.0.0.1"]; got != want {
			t.Errorf("%s: got %s, want %s", step, got, want)
		}
	}
	f.ok("POST", "a", `{"type":"SRV","ips":["10.0.0.1"],"ports":[443,80]}`)
	check("made with the services", `{"domains":["a.D."],"ports":["80","443"],"status":"UP"}`)
	f.put(f.monitor+"10.0.0.1", `{"domains":["a.`+f.domain+`"],"ports":["22","80","443"],"status":"DOWN"}`)
	f.ok("POST", "a", `{"ips":["10.0.0.1"]}`)
	f.ok("DELETE", "a", `{"type":"SRV","ports":[443]}`)
	check("one service of the only name gone", `{"domains":["a.D."],"ports":["22","80"],"status":"DOWN"}`)
	f.ok("POST", "b", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	f.ok("DELETE", "a", `{"type":"SRV"}`)
	check("one of two services on a port gone", `{"domains":["a.D.","b.D."],"ports":["22","80"],"status":"DOWN"}`)
	f.ok("DELETE", "a", "")
	f.ok("DELETE", "b", "")
	check("no name has the address", "")
}
