package lab

import (
	"fmt"
	"strings"
	"testing"
)

// Member is one etcd of a cluster, behind a gate for its clients and one for
// the other members.
type Member struct {
	*Process
	URL           string // of its clients, through the gate
	Clients, Peer *Gate
	args          []string
}

// StartCluster starts an etcd cluster of so many members and waits until it
// serves.
func StartCluster(tb testing.TB, size int) []*Member {
	tb.Helper()
	members := make([]*Member, size)
	told := make([]string, size)
	for i := range members {
		client, peer := FreePort(tb), FreePort(tb)
		m := &Member{Clients: NewGate(tb, client), Peer: NewGate(tb, peer)}
		m.URL = "http://" + m.Clients.Addr
		name := fmt.Sprintf("m%d", i)
		told[i] = name + "=http://" + m.Peer.Addr
		m.args = []string{"-no-sync", "-name", name, "-data-dir", tb.TempDir(), "-client-url", "http://" + client,
			"-peer-url", "http://" + peer, "-advertised-peer-url", "http://" + m.Peer.Addr}
		members[i] = m
	}
	for _, m := range members {
		m.args = append(m.args, "-cluster", strings.Join(told, ","))
		m.Restart(tb)
	}
	for _, m := range members {
		Eventually(tb, "start etcd", func() error { return getOK(m.URL + "/health") })
	}
	return members
}

// Restart starts the member, again on its data, killing it first if it runs. It
// does not wait for anything.
func (m *Member) Restart(tb testing.TB) {
	tb.Helper()
	if m.Process != nil {
		m.Kill(tb)
	}
	m.Process = Start(tb, "labetcd", m.args...)
}
