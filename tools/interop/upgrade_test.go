package interop

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"go.etcd.io/etcd/etcdutl/v3/snapshot"
	"go.uber.org/zap"
)

// TestUpgrade walks the way from the embedded etcd to a cluster of three that
// control's README describes: stop, restore, switch. DNS goes on answering, and
// the cluster has what was acknowledged until the last moment.
func TestUpgrade(t *testing.T) {
	dir := t.TempDir()
	n := &node{etcd: "http://" + freePort(t), api: freePort(t), dns: freePort(t)}
	n.configure(t, dir)
	data := filepath.Join(dir, "embedded")
	n.useEtcd(t, fmt.Sprintf("data-dir = %q\netcd-listen = %q", data, strings.TrimPrefix(n.etcd, "http://")))
	endControl := start(t, "control", "-config-file", n.config)
	start(t, "dataplane", "-config-file", n.config)
	n.waitReady(t)
	name := func(i int) string { return fmt.Sprintf("n%d.%s", i, zone) }
	add := func(i int) error {
		return n.post(name(i), fmt.Sprintf(`{"type":"A","ips":["10.1.%d.%d"]}`, i/250, i%250))
	}
	answered := func(i int) error {
		got, err := n.ask(name(i), dns.TypeA)
		if want := fmt.Sprintf("NOERROR %s a 10.1.%d.%d", name(i), i/250, i%250); err == nil && got.String() != want {
			err = fmt.Errorf("answer %q, want %q", got, want)
		}
		return err
	}
	const atLeast = 50
	begun, acknowledged := make(chan struct{}), make(chan int)
	go func() {
		i := 0
		for ; add(i) == nil; i++ {
			if i == atLeast {
				close(begun)
			}
		}
		acknowledged <- i
	}()
	<-begun
	eventually(t, "publish a change", func() error { return answered(1) })
	endControl()
	names := <-acknowledged
	n.useEtcd(t, fmt.Sprintf("etcd-servers = %q", strings.Join(restore(t, filepath.Join(data, "member", "snap", "db"), 3), ",")))
	if err := answered(1); err != nil {
		t.Errorf("without control: %v", err)
	}
	start(t, "control", "-config-file", n.config)
	n.waitReady(t)
	for i := range names {
		if err := answered(i); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d names were acknowledged before control ended", names)
	if err := add(names + 1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "take a change on the cluster", func() error { return answered(names + 1) })
}

// restore makes the data of a cluster out of a file, as etcdutl snapshot restore
// --skip-hash-check does on each machine, starts its members, and gives their URLs.
func restore(t *testing.T, file string, members int) []string {
	t.Helper()
	var urls, peers, cluster []string
	for i := range members {
		urls = append(urls, "http://"+freePort(t))
		peers = append(peers, "http://"+freePort(t))
		cluster = append(cluster, fmt.Sprintf("m%d=%s", i, peers[i]))
	}
	initial := strings.Join(cluster, ",")
	for i := range members {
		name, dir := fmt.Sprintf("m%d", i), filepath.Join(t.TempDir(), "etcd")
		err := snapshot.NewV3(zap.NewNop()).Restore(snapshot.RestoreConfig{SnapshotPath: file, SkipHashCheck: true, Name: name, OutputDataDir: dir,
			PeerURLs: []string{peers[i]}, InitialCluster: initial, InitialClusterToken: "skydns"})
		if err != nil {
			t.Fatal(err)
		}
		start(t, "labetcd", "-name", name, "-data-dir", dir, "-client-url", urls[i], "-peer-url", peers[i], "-cluster", initial)
	}
	return urls
}
