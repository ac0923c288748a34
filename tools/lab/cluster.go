package lab

import (
	"fmt"
	"strings"
	"testing"
)

// Member is one etcd of a cluster, in a place of its own or behind a gate for
// its clients and one for the other members.
type Member struct {
	*Process
	URL           string // of its clients; through the gate if there is one
	At            *Place // nil: behind gates
	Clients, Peer *Gate  // nil: in a place
	name, peerURL string // as it is told to the other members
	args          []string
}

// StartCluster starts an etcd cluster of so many members, behind gates, and
// waits until it serves.
func StartCluster(tb testing.TB, size int) []*Member {
	tb.Helper()
	members := make([]*Member, size)
	for i := range members {
		client, peer := FreePort(tb), FreePort(tb)
		m := &Member{Clients: NewGate(tb, client), Peer: NewGate(tb, peer)}
		m.URL, m.peerURL = "http://"+m.Clients.Addr, "http://"+m.Peer.Addr
		m.args = []string{"-client-url", "http://" + client, "-peer-url", "http://" + peer}
		members[i] = m
	}
	startMembers(tb, members)
	return members
}

// StartClusterAt starts an etcd cluster of a member in each of the places, and
// waits until it serves.
func StartClusterAt(tb testing.TB, places []*Place) []*Member {
	tb.Helper()
	members := make([]*Member, len(places))
	for i, at := range places {
		m := &Member{At: at, URL: "http://" + at.Port(2379), peerURL: "http://" + at.Port(2380)}
		m.args = []string{"-client-url", m.URL, "-peer-url", m.peerURL}
		members[i] = m
	}
	startMembers(tb, members)
	return members
}

func startMembers(tb testing.TB, members []*Member) {
	tb.Helper()
	told := make([]string, len(members))
	for i, m := range members {
		m.name = fmt.Sprintf("m%d", i)
		told[i] = m.name + "=" + m.peerURL
	}
	for _, m := range members {
		m.args = append(m.args, "-no-sync", "-name", m.name, "-data-dir", tb.TempDir(),
			"-advertised-peer-url", m.peerURL, "-cluster", strings.Join(told, ","))
		m.Restart(tb)
	}
	for _, m := range members {
		Eventually(tb, "start etcd", func() error { return getOK(m.URL + "/health") })
	}
}

// Restart starts the member, again on its data, killing it first if it runs. It
// does not wait for anything.
func (m *Member) Restart(tb testing.TB) {
	tb.Helper()
	if m.Process != nil {
		m.Kill(tb)
	}
	m.Process = m.At.Start(tb, "labetcd", m.args...)
}
