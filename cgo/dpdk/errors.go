package dpdk

import (
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

// advice is what to do when DPDK has said something. The first that fits counts.
var advice = []struct{ said, do string }{
	{"hugepage", "reserve huge pages (sysctl vm.nr_hugepages=512, and mount -t hugetlbfs nodev /dev/hugepages), or add --no-huge, -m 256 to eal in [Dataplane]"},
}

// explain makes one line of a failed step: what DPDK said last that tells a
// reason, and what to do about it.
func explain(step string, err error, said []string) error {
	all := strings.ToLower(strings.Join(said, "\n"))
	for _, a := range advice {
		if strings.Contains(all, a.said) {
			return fmt.Errorf("%s: %w: %s", step, err, a.do)
		}
	}
	return fmt.Errorf("%s: %w", step, err)
}
