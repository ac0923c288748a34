package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// interrupted makes a change whose first attempt is interrupted by another
// change, once it is worked out.
func (f *fixture) interrupted(method work, name string, b *body, between func()) (turns int, err error) {
	f.Helper()
	s, err := newServer(f.options())
	if err != nil {
		f.Fatal(err)
	}
	wired, err := s.names.changeable(name)
	if err != nil {
		f.Fatal(err)
	}
	q := &request{names: s.names, name: wired, body: b}
	err = s.changer.do(f.Context(), s.timeout, func(t *tx) error {
		err := method(q, t)
		if turns++; turns == 1 {
			between()
		}
		return err
	})
	return turns, err
}

// TestLastRecordsOfAnAddress verifies that the status key goes with an
// address's last record although one person removes its A while another removes
// its SRV.
func TestLastRecordsOfAnAddress(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	f.ok("POST", "n", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	turns, err := f.interrupted(remove, "n", &body{Type: "A"}, func() { f.ok("DELETE", "n", `{"type":"SRV"}`) })
	if err != nil || turns != 2 {
		t.Errorf("%d turns, %v", turns, err)
	}
	if keys := f.keys(f.monitor); len(keys) != 0 {
		t.Errorf("status keys %v", keys)
	}
}

// TestRecordAddedWhileAnotherGoes verifies that an address has a status key
// after its A is added while its SRV is removed.
func TestRecordAddedWhileAnotherGoes(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	turns, err := f.interrupted(add, "n", &body{IPs: []string{"10.0.0.1"}}, func() { f.ok("DELETE", "n", `{"type":"SRV"}`) })
	if err != nil || turns != 2 {
		t.Errorf("%d turns, %v", turns, err)
	}
	if keys := f.keys(f.monitor); len(keys) != 1 {
		t.Errorf("status keys %v", keys)
	}
}

// TestRecordThatWasThere verifies that of two addresses to be added neither is
// lost, although the one that was there already is removed meanwhile.
func TestRecordThatWasThere(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	turns, err := f.interrupted(add, "n", &body{IPs: []string{"10.0.0.1", "10.0.0.2"}}, func() { f.ok("DELETE", "n", "") })
	if err != nil || turns != 2 {
		t.Errorf("%d turns, %v", turns, err)
	}
	if got, want := f.get("/skydns/api/n"), `{"n.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestCompactedMeanwhile verifies that a change which reads a revision that
// was compacted meanwhile is worked out again.
func TestCompactedMeanwhile(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"ips":["10.0.0.1"]}`)
	compact := func() {
		f.ok("POST", "m", `{"ips":["10.0.0.9"]}`)
		resp, err := etcd.Client().Get(t.Context(), "x")
		if err == nil {
			_, err = etcd.Client().Compact(t.Context(), resp.Header.Revision, clientv3.WithCompactPhysical())
		}
		if err != nil {
			t.Error(err)
		}
	}
	first := true
	read := func(q *request, t *tx) error {
		if _, err := t.at(q.name); err != nil {
			return err
		}
		if first {
			first = false
			compact()
		}
		return add(&request{names: q.names, name: append([]byte("\x05other"), q.name...), body: q.body}, t)
	}
	turns, err := f.interrupted(read, "n", &body{IPs: []string{"10.0.0.1"}}, func() {})
	if err != nil || turns != 2 {
		t.Errorf("%d turns, %v", turns, err)
	}
}

// TestManyClientsOfOneName verifies that no acknowledged change is lost while
// clients add and remove records of one name, some of which share addresses,
// and that the status keys are those of the addresses that remain.
func TestManyClientsOfOneName(t *testing.T) {
	f := newFixture(t)
	const clients, rounds = 6, 25
	var wg sync.WaitGroup
	want := make([]map[string]string, clients) // record to its address
	for client := range clients {
		want[client] = map[string]string{}
		g := rand.New(rand.NewPCG(uint64(client), 7))
		records := []struct{ body, shown, addr string }{ // addr with the port, if any
			{fmt.Sprintf(`{"type":"A","ips":["10.0.0.%d"]}`, client), fmt.Sprintf(`"10.0.0.%d"`, client), fmt.Sprintf("10.0.0.%d:", client)},
			{fmt.Sprintf(`{"type":"SRV","ips":["10.0.0.%d"],"ports":[%d]}`, client, 1000+client), fmt.Sprintf("0 0 %d ", 1000+client), fmt.Sprintf("10.0.0.%d:%d", client, 1000+client)},
			{fmt.Sprintf(`{"type":"SRV","ips":["10.9.9.9"],"ports":[%d]}`, 2000+client), fmt.Sprintf("0 0 %d ", 2000+client), fmt.Sprintf("10.9.9.9:%d", 2000+client)},
		}
		wg.Go(func() {
			for range rounds {
				r := records[g.IntN(len(records))]
				_, there := want[client][r.shown]
				method := map[bool]string{true: "DELETE", false: "POST"}[there]
				switch code, text := f.do(method, "/skydns/api/n", r.body); {
				case code == 409:
				case code != 200:
					t.Errorf("%s %s: %d %s", method, r.body, code, text)
				case there:
					delete(want[client], r.shown)
				default:
					want[client][r.shown] = r.addr
				}
			}
		})
	}
	wg.Wait()
	shown := f.get("/skydns/api/n")
	addresses, records := map[string][]string{}, 0 // to ports
	for _, mine := range want {
		for text, at := range mine {
			records++
			addr, port, _ := strings.Cut(at, ":")
			addresses[addr] = append(addresses[addr], port)
			if !strings.Contains(shown, text) {
				t.Errorf("%s is lost: %s", text, shown)
			}
		}
	}
	if n := strings.Count(shown, `"10.`) + strings.Count(shown, `"0 0 `); n != records {
		t.Errorf("%d records, want %d: %s", n, records, shown)
	}
	keys := f.keys(f.monitor)
	for addr, ports := range addresses {
		var status struct{ Domains, Ports []string }
		if err := json.Unmarshal([]byte(keys[addr]), &status); err != nil {
			t.Errorf("status key of %s: %v", addr, err)
		}
		ports = slices.DeleteFunc(ports, func(p string) bool { return p == "" })
		slices.Sort(ports)
		slices.Sort(status.Ports)
		if !slices.Equal(status.Domains, []string{"n.D."}) || !slices.Equal(status.Ports, ports) {
			t.Errorf("status key of %s: %q, want the ports %v", addr, keys[addr], ports)
		}
	}
	if len(keys) != len(addresses) {
		t.Errorf("status keys %v, want those of %v", keys, addresses)
	}
}
