package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/tools/lab"
)

// privilegedPort is an address of the loopback with a port that is free and
// wants a capability.
func privilegedPort(t *testing.T) string {
	t.Helper()
	for port := 53; port < 1024; port++ {
		if addr := fmt.Sprintf("127.0.0.1:%d", port); lab.IsFree(addr) {
			return addr
		}
	}
	t.Fatal("no port below 1024 is free")
	return ""
}

// folders makes the folders that systemd would, with its modes and owners.
func folders(t *testing.T) string {
	t.Helper()
	base, err := os.MkdirTemp("", "skydns-users-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	text, err := os.ReadFile(systemd + "skydns.tmpfiles")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{"root": 0, "skydns": skydnsGroup, "skydns-control": controlUser}
	folder := func(name string, mode fs.FileMode, user, group int) {
		t.Helper()
		path := filepath.Join(base, name)
		err := errors.Join(os.MkdirAll(path, 0o755), os.Chown(path, user, group), unix.Chmod(path, uint32(mode)))
		if err != nil {
			t.Fatal(err)
		}
	}
	folder("", 0o755, 0, 0)
	folder("var/lib/skydns", 0o700, controlUser, skydnsGroup) // StateDirectoryMode
	for _, m := range regexp.MustCompile(`(?m)^d (\S+)\s+(\d+) (\S+)\s+(\S+)`).FindAllStringSubmatch(string(text), -1) {
		mode, err := strconv.ParseUint(m[2], 8, 32)
		if err != nil {
			t.Fatal(err)
		}
		folder(m[1], fs.FileMode(mode), ids[m[3]], ids[m[4]])
	}
	return base
}

// TestOwnUsers starts both programs as the systemd units do: as users of their
// own, with the capabilities that the units give and with the units' umask, on
// folders as tmpfiles makes them. They answer at a port that wants a
// capability, and leave no file for other users to read.
func TestOwnUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can start programs as other users")
	}
	lab.Need(t, "setpriv")
	control, dataplane := readUnit(t, "control", controlUser), readUnit(t, "dataplane", dataplaneUser)
	control.needRights(t)
	dataplane.needRights(t)
	if err := os.Chmod(lab.Programs(), 0o755); err != nil {
		t.Fatal(err)
	}
	base := folders(t)
	n := &lab.Node{DNS: privilegedPort(t), API: lab.FreePort(t), Etcd: "http://" + lab.FreePort(t), Snapshot: filepath.Join(base, "dev/shm/skydns")}
	config := filepath.Join(base, "etc/skydns/skydns.toml")
	text := fmt.Sprintf(`
[Dns]
dns-domain = "skydns.local."
dns-addr = %q
nameservers = "none"
[Log]
log-dir = %q
[Etcd]
data-dir = %q
etcd-listen = %q
[SkydnsApi]
api-address = %q
skydns-auth = %q
[Dataplane]
snapshot-dir = %q
`, n.DNS, filepath.Join(base, "var/log/skydns"), filepath.Join(base, "var/lib/skydns/etcd"), strings.TrimPrefix(n.Etcd, "http://"), n.API, lab.Token, n.Snapshot)
	if err := errors.Join(os.WriteFile(config, []byte(text), 0o640), os.Chown(config, 0, skydnsGroup)); err != nil {
		t.Fatal(err)
	}
	n.Control = control.start(t, "control", config)
	n.Dataplane = dataplane.start(t, "dataplane", config)
	n.WaitReady(t)
	n.MustPost(t, "cctv2", cctv2JSON)
	waitFor(t, testAsker(t, n.DNS), cctv2, cctv2IPs...)
	tcp := dns.Client{Net: "tcp", Timeout: replyTimeout}
	if reply, _, err := tcp.Exchange(new(dns.Msg).SetQuestion(cctv2, dns.TypeA), n.DNS); err != nil || len(reply.Answer) != len(cctv2IPs) {
		t.Errorf("over TCP: %v, %v", reply, err)
	}
	control.checkRights(t, "control", n.Control)
	dataplane.checkRights(t, "dataplane", n.Dataplane)
	checkModes(t, base)

	n.Dataplane.Terminate(t)
	dataplane.capabilities = nil
	if p := dataplane.start(t, "dataplane", config); p.Wait(t) != 1 || !strings.Contains(p.Log(), n.DNS) {
		t.Errorf("without a capability dataplane takes the port: %s", p.Log())
	}
}

// checkModes verifies that nothing which the programs have made is for users
// outside of the group, and that the group may change but the log and what
// the readers of the snapshot note.
func checkModes(t *testing.T, base string) {
	t.Helper()
	var seen []string
	err := filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimPrefix(path, base)
		seen = append(seen, name)
		mode := info.Mode().Perm()
		log, readers := strings.HasPrefix(name, "/var/log/"), strings.Contains(name, "readers")
		if mode&0o007 != 0 || mode&0o020 != 0 && !log && !readers {
			t.Errorf("%s has mode %o", name, mode)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/var/log/skydns/control.log", "/var/log/skydns/dataplane.log", "/var/lib/skydns/etcd/member/snap/db", "/dev/shm/skydns/"} {
		if !slices.ContainsFunc(seen, func(name string) bool { return strings.HasPrefix(name, want) }) {
			t.Errorf("no %s among %q", want, seen)
		}
	}
	for name, want := range map[string]fs.FileMode{
		"dev/shm/skydns": 0o2750, "var/log/skydns": 0o2770, "var/lib/skydns": 0o700, "var/lib/skydns/etcd": 0o700, "etc/skydns": 0o750, "etc/skydns/skydns.toml": 0o640,
	} {
		var st unix.Stat_t
		if err := unix.Stat(filepath.Join(base, name), &st); err != nil || fs.FileMode(st.Mode&0o7777) != want {
			t.Errorf("%s: mode %o, %v, want %o", name, st.Mode&0o7777, err, want)
		}
	}
}
