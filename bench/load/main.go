// Command load measures how control takes up a large etcd: seconds until all
// records are published, its memory, how soon changes are in the snapshot while
// thousands a second come, and the octets that a name takes there.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/ipdcode/skydns/bench/internal/node"
	"github.com/ipdcode/skydns/bench/internal/process"
	"github.com/ipdcode/skydns/bench/internal/records"
	"github.com/ipdcode/skydns/bench/internal/report"
	"github.com/ipdcode/skydns/bench/internal/zone"
	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// barBytes is how many octets a name may take in the snapshot.
const barBytes = 128

// patience is how long anything may take.
const patience = 10 * time.Minute

func main() {
	names := flag.Int("names", 1_000_000, "names in etcd, with one address each")
	rate := flag.Int("rate", 10_000, "names changed a second")
	seconds := flag.Int("seconds", 20, "for how long they are changed")
	flag.Parse()
	if err := run(*names, *rate, *seconds); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(names, rate, seconds int) error {
	dir, err := os.MkdirTemp("", "skydns-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	snapshotDir, _ := zone.TempDir()
	defer os.RemoveAll(snapshotDir)
	report.Head(os.Stdout, fmt.Sprintf("Loading %d records from etcd", names))
	url, etcd, err := startEtcd(dir)
	if err != nil {
		return err
	}
	defer etcd.Stop()
	filling, err := fill(url, names)
	if err != nil {
		return err
	}
	fmt.Printf("writing them to etcd took %.1f s, in transactions of 128\n\n", filling.Seconds())

	n, err := node.New(dir, snapshotDir, url)
	if err != nil {
		return err
	}
	table := report.NewTable("control starts", "seconds to ready", "resident MB when ready", "most")
	for _, how := range []string{"with no snapshot", "with a snapshot of before"} {
		s, err := start(n)
		if err != nil {
			return err
		}
		table.Row(how, s.seconds, s.resident, s.peak)
		s.figures(names, how)
	}
	table.Print(os.Stdout)
	cores, err := process.Cores()
	if err != nil {
		return err
	}
	l := load{url: url, etcd: etcd, names: names, count: min(names, rate*seconds), rate: rate, cores: cores}
	if err := l.changes(n); err != nil {
		return err
	}
	return showSnapshot(snapshotDir)
}

// startEtcd starts an etcd of one member, in a process of its own.
func startEtcd(dir string) (url string, p *process.Process, err error) {
	var addrs [2]string
	for i := range addrs {
		if addrs[i], err = process.FreePort(); err != nil {
			return "", nil, err
		}
	}
	url = "http://" + addrs[0]
	p, err = process.Start(process.AnyCore, "bin/labetcd", "-data-dir", filepath.Join(dir, "etcd-server"),
		"-client-url", url, "-peer-url", "http://"+addrs[1])
	return url, p, err
}

// fill writes the names to etcd and returns how long that took.
func fill(url string, names int) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, Context: ctx})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	start := time.Now()
	err = records.Load(ctx, client, names, 0)
	return time.Since(start), err
}

// showSnapshot prints what the names take in the snapshot. Control has ended.
func showSnapshot(dir string) error {
	w, err := snapshot.OpenWriter(snapshot.Options{Dir: dir})
	if err != nil {
		return err
	}
	defer w.Close()
	s := w.Stats()
	names := float64(s.Names)
	fmt.Printf("the snapshot holds %d names: %.1f octets a name in use, %.1f of file, table included\n",
		s.Names, float64(s.Used)/names, float64(s.Bytes)/names)
	f := report.Figure{Name: "memory.bytes_per_name", Names: s.Names, Kind: "in use", Value: float64(s.Used) / names, Unit: "octets", Bar: barBytes}
	f.Print(os.Stdout)
	return nil
}
