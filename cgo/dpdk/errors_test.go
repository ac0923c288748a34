package dpdk

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// noise is what every start prints.
const noise = `EAL: Detected CPU lcores: 2
EAL: Detected shared linkage of DPDK
EAL: Physical addresses are unavailable, selecting IOVA as VA mode.
EAL: Selected IOVA mode 'VA'
eth_virtio_pci_init(): Failed to init PCI device
EAL: Requested device 0000:00:03.0 cannot be used
EAL: No free 1048576 kB hugepages reported on node 0
`

// TestExplain verifies that what libdpdk 22.11 prints in the common failures
// becomes one line with the reason and what to do.
func TestExplain(t *testing.T) {
	for _, c := range []struct {
		name string
		said string
		err  dpdkError
		want []string
	}{
		{"no huge pages mounted", "EAL: 1024 hugepages of size 2097152 reserved, but no mounted hugetlbfs found for that size\nEAL: FATAL: Cannot get hugepage information.",
			dpdkError{syscall.EACCES, "Permission denied"}, []string{"no mounted hugetlbfs", "mount -t hugetlbfs", "--no-huge"}},
		{"none reserved", "EAL: No available 2048 kB hugepages reported\nEAL: FATAL: Cannot get hugepage information.",
			dpdkError{syscall.EACCES, "Permission denied"}, []string{"vm.nr_hugepages", "--no-huge"}},
		{"huge pages of another user", "EAL: get_seg_fd(): open '/dev/hugepages/rtemap_0' failed: Permission denied\nEAL: Couldn't get fd on hugepage file",
			dpdkError{syscall.ENOMEM, "Cannot allocate memory"}, []string{"/dev/hugepages/rtemap_0", "root"}},
		{"too little memory", "EAL: Not enough memory available! Requested: 100000MB, available: 2048MB",
			dpdkError{syscall.ENOMEM, "Cannot allocate memory"}, []string{"Requested: 100000MB", "-m"}},
		{"pool without memory", "", dpdkError{syscall.ENOMEM, "Cannot allocate memory"}, []string{"Cannot allocate memory", "-m"}},
		{"unknown option", "dataplane: unrecognized option '--frob'", dpdkError{syscall.EINVAL, "Invalid argument"}, []string{"'--frob'", "eal in [Dataplane]"}},
		{"no such core", "EAL: lcore 99 unavailable\nEAL: invalid core list", dpdkError{syscall.EINVAL, "Invalid argument"}, []string{"lcore 99 unavailable", "eal in [Dataplane]"}},
		{"unknown driver", `EAL: failed to parse device "net_nosuch0"`, dpdkError{syscall.ENODEV, "No such device"}, []string{`"net_nosuch0"`, "librte-net-*"}},
		{"second process", "EAL: Cannot create lock on '/var/run/dpdk/rte/config'. Is another primary process running?",
			dpdkError{syscall.EACCES, "Permission denied"}, []string{"another DPDK process", "--file-prefix"}},
		{"AF_XDP without rights", "xdp_umem_configure(): Failed to create umem\neth_rx_queue_setup(): Failed to configure xdp socket",
			dpdkError{syscall.EINVAL, "Invalid argument"}, []string{"Failed to create umem", "root"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := explain("start DPDK", c.err, strings.Split(noise+c.said, "\n"))
			for _, want := range append(c.want, "start DPDK: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than a line", err)
			}
			if !errors.Is(err, c.err.errno) {
				t.Errorf("%q hides its errno", err)
			}
		})
	}
}

// TestNoPort verifies that a port that is not there is explained by what DPDK
// said when it looked, or else by those that are there.
func TestNoPort(t *testing.T) {
	for _, c := range []struct {
		name  string
		said  string
		names []string
		want  []string
	}{
		{"nothing there", "", nil, []string{"dpdk-devbind.py", "--vdev"}},
		{"others there", "", []string{"net_null0", "net_ring0"}, []string{"net_tap0", "net_null0, net_ring0"}},
		{"no such interface", "init_internals(): Failed to get channel info of interface: nosuch\nEAL: Bus (vdev) probe failed.", nil, []string{"interface: nosuch", "ip link"}},
		{"no IOMMU", "EAL: No supported IOMMU extensions found!\nEAL: VFIO support could not be initialized\nEAL: Requested device 0000:00:04.0 cannot be used\nEAL: Bus (pci) probe failed.", nil, []string{"IOMMU extensions", "intel_iommu=on", "uio_pci_generic"}},
		{"locked memory", "EAL: Cannot set up DMA remapping, error 12 (Cannot allocate memory)", nil, []string{"LimitMEMLOCK"}},
		{"half a group", "EAL: VFIO group is not viable! Not all devices in IOMMU group bound to VFIO or unbound", nil, []string{"not viable", "every device"}},
		{"TAP without rights", "tun_alloc(): Unable to set TUNSETIFF for dtap0: Operation not permitted", nil, []string{"dtap0", "root"}},
		{"no such file", "open_single_rx_pcap(): Couldn't open /q.pcap: /q.pcap: No such file or directory", []string{"net_null0"}, []string{"/q.pcap", "eal"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := noPort("net_tap0", c.names, strings.Split(noise+c.said, "\n"))
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

// TestUnshared verifies that a device that cannot leave the rest to the kernel is
// explained in one line, by what its driver says.
func TestUnshared(t *testing.T) {
	const do = `set exception to "tap" or "virtio-user" in [Dataplane]`
	refused := dpdkError{syscall.ENOTSUP, "Operation not supported"}
	for _, c := range []struct {
		name   string
		err    error
		why    string
		queues int
		want   string
	}{
		{"no reason beside the step", nil, "", 1, "share port p with the kernel: step: " + do},
		{"the driver says as much", refused, "Operation not supported", 1, "share port p with the kernel: step: Operation not supported: " + do},
		{"the driver says nothing", refused, "", 1, "share port p with the kernel: step: Operation not supported: " + do},
		{"the driver says why", refused, "no BPF", 2, "share port p with the kernel: step: Operation not supported (no BPF): name one core, or " + do},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := unshared("p", "step", c.err, c.why, c.queues)
			if err.Error() != c.want {
				t.Errorf("%q, want %q", err, c.want)
			}
			if c.err != nil && !errors.Is(err, refused.errno) {
				t.Errorf("%q hides its errno", err)
			}
		})
	}
}
