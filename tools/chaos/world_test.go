package chaos

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/tools/lab"
)

// size is how many members the cluster has.
const size = 3

// world is all that runs.
type world struct {
	*testing.T
	rand    *rand.Rand
	network *lab.Network // nil: gates stand for it
	members []*lab.Member
	control *lab.Place // nil: the test's own
	node    *lab.Node
	etcd    *clientv3.Client // the judge's
	faults  []fault          // that may happen
	counts  map[string]int   // by name
}

// newWorld starts a cluster and a node. Each member and control have a network
// namespace of their own where that is allowed.
func newWorld(t *testing.T) *world {
	w := &world{T: t, rand: rand.New(rand.NewPCG(*seed, 0)), counts: map[string]int{}}
	if why := lab.Apart(); why != nil {
		t.Logf("no network namespaces: %v: proxies cut off", why)
		w.members = lab.StartCluster(t, size)
		w.faults = append(slices.Clone(faults), gateFaults...)
	} else {
		w.network = lab.NewNetwork(t)
		places := make([]*lab.Place, size)
		for i := range places {
			places[i] = w.network.NewPlace(t)
		}
		w.control = w.network.NewPlace(t)
		w.members = lab.StartClusterAt(t, places)
		w.faults = append(slices.Clone(faults), networkFaults...)
	}
	w.node = lab.StartNodeAt(t, w.control, strings.Join(w.urls(), ","), "")
	w.node.MustPost(t, steadyName, `{"type":"A","ips":["`+steadyIP+`"]}`)
	w.node.MustPost(t, "target"+domain, `{"type":"A","ips":["`+targetIP+`"]}`)
	return w
}

// urls are those of the cluster's clients.
func (w *world) urls() []string {
	var urls []string
	for _, m := range w.members {
		urls = append(urls, m.URL)
	}
	return urls
}
