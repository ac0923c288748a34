package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipdcode/skydns/tools/lab"
)

// Ids that no user of the machine has.
const (
	controlUser   = 64801
	dataplaneUser = 64802
	skydnsGroup   = 64800
)

const systemd = "../../configs/systemd/"

// unit is what a systemd unit says of a program's rights.
type unit struct {
	user         int
	umask        string
	capabilities []string // without CAP_, in lower case
}

// readUnit reads the unit of a program, which must let it have no more
// capabilities than it gives.
func readUnit(t *testing.T, program string, user int) unit {
	t.Helper()
	text, err := os.ReadFile(systemd + "skydns-" + program + ".service")
	if err != nil {
		t.Fatal(err)
	}
	value := func(key string) string {
		t.Helper()
		m := regexp.MustCompile(`(?m)^` + key + `=(.*)$`).FindSubmatch(text)
		if m == nil {
			t.Fatalf("the unit of %s has no %s", program, key)
		}
		return string(m[1])
	}
	ambient := value("AmbientCapabilities")
	if bounding := value("CapabilityBoundingSet"); bounding != ambient {
		t.Errorf("%s may have %q, but has %q", program, bounding, ambient)
	}
	if value("User") != "skydns-"+program || value("Group") != "skydns" {
		t.Errorf("%s runs as %s:%s", program, value("User"), value("Group"))
	}
	u := unit{user: user, umask: value("UMask")}
	for _, c := range strings.Fields(ambient) {
		u.capabilities = append(u.capabilities, strings.ToLower(strings.TrimPrefix(c, "CAP_")))
	}
	return u
}

// command is what runs a command with just these rights.
func (u unit) command(command ...string) []string {
	caps := strings.Join(append([]string{"-all"}, u.capabilities...), ",+")
	return append([]string{"bash", "-c", `umask "$0" && exec "$@"`, u.umask,
		"setpriv", fmt.Sprintf("--reuid=%d", u.user), fmt.Sprintf("--regid=%d", skydnsGroup), "--clear-groups",
		"--inh-caps=" + caps, "--ambient-caps=" + caps, "--bounding-set=" + caps, "--no-new-privs"}, command...)
}

// start starts a program of the lab with just these rights.
func (u unit) start(t *testing.T, program, config string) *lab.Process {
	t.Helper()
	args := u.command(filepath.Join(lab.Programs(), program), "-config-file", config)
	return lab.StartCommand(t, args[0], args[1:]...)
}

// needRights skips the test where this process cannot give such rights, as in a
// container that has not all of root's.
func (u unit) needRights(t *testing.T) {
	t.Helper()
	args := u.command("true")
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Skipf("the rights of the units cannot be given here: %v: %s", err, out)
	}
}

// checkRights compares the rights that the kernel says a process has.
func (u unit) checkRights(t *testing.T, program string, p *lab.Process) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		t.Fatal(err)
	}
	bits := map[string]int{"net_bind_service": unix.CAP_NET_BIND_SERVICE, "net_admin": unix.CAP_NET_ADMIN}
	var mask uint64
	for _, c := range u.capabilities {
		bit, ok := bits[c]
		if !ok {
			t.Fatalf("%s has %s, which this test and the README of the units do not know", program, c)
		}
		mask |= 1 << bit
	}
	caps := fmt.Sprintf("%016x", mask)
	user, group := strconv.Itoa(u.user), strconv.Itoa(skydnsGroup)
	for key, want := range map[string]string{
		"Uid": strings.Join([]string{user, user, user, user}, " "), "Gid": strings.Join([]string{group, group, group, group}, " "), "Groups": "",
		"CapPrm": caps, "CapEff": caps, "CapBnd": caps, "CapAmb": caps, "NoNewPrivs": "1",
	} {
		m := regexp.MustCompile(`(?m)^` + key + `:(.*)$`).FindSubmatch(text)
		if m == nil || strings.Join(strings.Fields(string(m[1])), " ") != want {
			t.Errorf("%s: %s is %q, want %q", program, key, m, want)
		}
	}
}
