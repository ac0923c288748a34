package dpdk

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// dpdkError is an errno with rte_strerror's text, which knows more numbers
// than the system does.
type dpdkError struct {
	errno syscall.Errno
	text  string
}

func (e dpdkError) Error() string { return e.text }

// Unwrap lets errors.Is find the errno.
func (e dpdkError) Unwrap() error { return e.errno }

// telling are the words of a line in which DPDK gives a reason, in lower case.
var telling = []string{
	"fail", "cannot", "couldn't", "unable", "unavailable", "unrecognized", "invalid", "not compatible",
	"not enough", "not permitted", "denied", "no such", "no mounted", "no available", "no supported", "not viable", "larger than",
}

// beside are those of lines that do so but are seldom the matter: sizes of huge
// page that nobody reserved, NICs that the kernel keeps, and addresses.
var beside = []string{"no free ", "pci device", "requested device", "physical addresses"}

// reason is the first line in which DPDK says what is wrong, without its
// prefixes; empty if there is none. The lines after it are consequences.
func reason(said []string) string {
	for _, line := range said {
		lower := strings.ToLower(line)
		if !containsAny(lower, telling) || containsAny(lower, beside) {
			continue
		}
		line = strings.TrimPrefix(line, "EAL: ")
		if _, rest, found := strings.Cut(line, "(): "); found {
			line = rest
		}
		return line
	}
	return ""
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

const (
	asRoot = "run as root, or give the binary CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF and CAP_IPC_LOCK"
	hugely = `reserve huge pages (sysctl vm.nr_hugepages=512; mount -t hugetlbfs nodev /dev/hugepages), or do without: eal = ["--no-huge", "-m", "256"]`
)

// advice is what to do about a reason, by words of it in lower case. The
// first that fits counts.
var advice = []struct{ reason, do string }{
	{"rtemap_", hugely + "; as another user than root, add --in-memory to eal"},
	{"hugetlbfs", hugely},
	{"hugepage", hugely},
	{"iommu extensions", "load vfio_iommu_type1 and turn the IOMMU on, in the firmware and by intel_iommu=on or amd_iommu=on for the kernel; or bind the NIC to uio_pci_generic"},
	{"dma remapping", "raise the limit of locked memory: ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit"},
	{"not viable", "bind every device of that IOMMU group to vfio-pci, or to no driver (dpdk-devbind.py --unbind)"},
	{"not enough memory", "reserve more huge pages (sysctl vm.nr_hugepages), or ask for less with -m in eal"},
	{"create lock", "another DPDK process runs: stop it, or give this one a name with --file-prefix in eal"},
	{"channel info of interface", "there is no such network interface: ip link lists them; change iface in eal"},
	{"set prog fd", "another XDP program is on the interface, as of a dataplane that was killed: take it off (ip link set IFACE xdp off), or start again if it was ours"},
	{"combined queue count", "give the interface a channel for each core (ethtool -L IFACE combined N), or name fewer cores in [Dataplane]"},
	{"create umem", asRoot},
	{"not permitted", asRoot},
	{"permission denied", asRoot},
	{"parse device", "DPDK has no driver of that name: change eal, or install the driver's library (librte-net-*)"},
	{"shared object", "install the library that is missing, or change -d in eal"},
	{"cannot allocate memory", "give EAL more memory with -m in eal"},
	{"", "change eal in [Dataplane]"},
}

// explain makes one line of a failed step: what failed, what DPDK said about
// it, what to do.
func explain(step string, err error, said []string) error {
	why := reason(said)
	do := advise(why + " " + err.Error())
	if why == "" {
		return fmt.Errorf("%s: %w: %s", step, err, do)
	}
	return fmt.Errorf("%s: %w (%s): %s", step, err, why, do)
}

func advise(about string) string {
	about = strings.ToLower(about)
	for _, a := range advice {
		if strings.Contains(about, a.reason) {
			return a.do
		}
	}
	return ""
}

// noPort is the error of a port that does not exist. said is what DPDK printed
// when it looked for its devices, names are the ports that it has.
func noPort(name string, names, said []string) error {
	if name == "" {
		name = "at all"
	}
	if why := reason(said); why != "" {
		return fmt.Errorf("no DPDK port %s (%s): %s", name, why, advise(why))
	}
	if len(names) == 0 {
		return errors.New("no DPDK port: bind a NIC with dpdk-devbind.py, or add a virtual device to eal in [Dataplane], as --vdev=net_af_xdp0,iface=eth1")
	}
	return fmt.Errorf("no DPDK port %s: set port in [Dataplane] to one of: %s", name, strings.Join(names, ", "))
}

// unshared is the error of a port of which the kernel is to keep all but the
// queries, because of a step that failed with err, if that is not nil. why is
// what the driver said about it.
func unshared(port, step string, err error, why string, queues int) error {
	do := `set exception to "tap" or "virtio-user" in [Dataplane]`
	if queues > 1 {
		do = "name one core, or " + do
	}
	what := fmt.Sprintf("share port %s with the kernel: %s", port, step)
	switch {
	case err == nil:
		return fmt.Errorf("%s: %s", what, do)
	case why == "" || why == err.Error():
		return fmt.Errorf("%s: %w: %s", what, err, do)
	}
	return fmt.Errorf("%s: %w (%s): %s", what, err, why, do)
}
