package interop

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/etcdutl/v3/snapshot"
	"go.uber.org/zap"
)

// TestUpgrade walks the way from the embedded etcd to a cluster of three that
// control's README describes: snapshot, restore, switch. DNS goes on answering.
func TestUpgrade(t *testing.T) {
	dir := t.TempDir()
	n := &node{etcd: "http://" + freePort(t), api: freePort(t), dns: freePort(t)}
	n.configure(t, dir)
	n.useEtcd(t, fmt.Sprintf("data-dir = %q\netcd-listen = %q", filepath.Join(dir, "embedded"), strings.TrimPrefix(n.etcd, "http://")))
	endControl := start(t, "control", "-config-file", n.config)
	start(t, "dataplane", "-config-file", n.config)
	n.waitReady(t)
	const names = 50
	name := func(i int) string { return fmt.Sprintf("n%d.%s", i, zone) }
	for i := range names {
		if err := n.post(name(i), fmt.Sprintf(`{"type":"A","ips":["10.1.0.%d"]}`, i)); err != nil {
			t.Fatal(err)
		}
	}

	saved := filepath.Join(dir, "saved.db")
	save(t, n.etcd, saved)
	endControl()
	n.useEtcd(t, fmt.Sprintf("etcd-servers = %q", strings.Join(restore(t, saved, 3), ",")))
	answered := func(i int) error {
		got, err := n.ask(name(i), dns.TypeA)
		if want := fmt.Sprintf("NOERROR %s a 10.1.0.%d", name(i), i); err == nil && got.String() != want {
			err = fmt.Errorf("answer %q, want %q", got, want)
		}
		return err
	}
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
	if err := n.post(name(names), fmt.Sprintf(`{"type":"A","ips":["10.1.0.%d"]}`, names)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "take a change on the cluster", func() error { return answered(names) })
}

// save writes what the etcd at url holds to a file, as etcdctl snapshot save does.
func save(t *testing.T, url, file string) {
	t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, DialTimeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	content, err := client.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	to, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := io.Copy(to, content); err != nil {
		t.Fatal(err)
	}
}

// restore makes the data of a cluster out of a file, as etcdutl snapshot restore
// does on each machine, starts its members, and gives their URLs.
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
		err := snapshot.NewV3(zap.NewNop()).Restore(snapshot.RestoreConfig{SnapshotPath: file, Name: name, OutputDataDir: dir,
			PeerURLs: []string{peers[i]}, InitialCluster: initial, InitialClusterToken: "skydns"})
		if err != nil {
			t.Fatal(err)
		}
		start(t, "labetcd", "-name", name, "-data-dir", dir, "-client-url", urls[i], "-peer-url", peers[i], "-cluster", initial)
	}
	return urls
}
