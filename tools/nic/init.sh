#!/bin/sh
# The init of the guest of test.sh, which reads what it says in lines that
# begin with "nic:" and tells it to go on by lines on the console. The kernel's
# command line has nic.driver, nic.binding and nic.exception. With the binding
# net_tap the kernel keeps the NIC, and flow rules give DPDK the queries alone.
export PATH=/bin:/usr/bin

say() { echo "nic: $*"; }

end() {
	say "$*"
	poweroff -f
}

fail() { end "FAILED: $*"; }

for word in $(cat /proc/cmdline 2>/dev/null || { mount -t proc proc /proc && cat /proc/cmdline; }); do
	case $word in
	nic.driver=*) driver=${word#*=} ;;
	nic.binding=*) binding=${word#*=} ;;
	nic.exception=*) exception=${word#*=} ;;
	esac
done

mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/hugepages /dev/shm
mount -t tmpfs shm /dev/shm
echo 64 >/proc/sys/vm/nr_hugepages
mount -t hugetlbfs nodev /dev/hugepages
ulimit -l unlimited
ip link set lo up

# The kernel's own driver has the NIC first, as on any machine.
modprobe "$driver" || fail "modprobe $driver"
for _ in $(seq 100); do [ -d /sys/class/net/eth0 ] && break; sleep 0.1; done
[ -d /sys/class/net/eth0 ] || fail "the kernel finds no NIC"
pci=$(basename "$(readlink /sys/class/net/eth0/device)")
mac=$(cat /sys/class/net/eth0/address)
say "the kernel has $pci, $mac, by $driver"

# bind takes the NIC from the kernel.
bind() {
	modprobe "$binding" || fail "modprobe $binding"
	[ "$binding" != vfio-pci ] || modprobe vfio_iommu_type1 # which busybox does not know to belong to it
	[ "$exception" = tap ] || modprobe vhost_net
	dpdk-devbind.py --bind="$binding" "$pci" || fail "dpdk-devbind.py --bind=$binding $pci"
	dpdk-devbind.py --status-dev net | grep "$pci"
}

# share leaves the NIC to the kernel, which has our addresses. With two cores
# that cannot work: this kernel refuses the program by which net_tap spreads.
share() {
	ip address add 192.0.2.53/24 dev eth0 && ip address add 2001:db8::53/64 dev eth0 && ip link set eth0 up || fail "addresses for eth0"
	sed 's/^cores = .*/cores = [0, 1]/' /etc/skydns.toml >/etc/two.toml
	! dataplane -config-file /etc/two.toml 2>/run/two.log || fail "two cores share the NIC"
	grep 'rte_flow_create.*name one core' /run/two.log || fail "two cores: $(tail -n 3 /run/two.log)"
	[ -z "$(rules)" ] || fail "a start that failed leaves rules: $(rules)"
}

# rules are those by which net_tap takes frames from the NIC. A bare tc would be
# busybox's.
rules() { /bin/tc filter show dev eth0 parent ffff: | grep handle; }

# queries CORE is how many queries it has had.
queries() {
	wget -q -O - http://127.0.0.1:9002/metrics |
		awk -v core="$1" 'index($0, "skydns_dataplane_queries_total{core=\"" core "\"") { n += $2 } END { print n + 0 }'
}

# shared fails unless there is a rule for each address and no other, DPDK has
# had the queries from the NIC, and the kernel's sockets those in fragments or
# from the guest itself.
shared() {
	[ "$(rules | wc -l)" = 2 ] || fail "rules for two addresses: $(rules)"
	nslookup www.skydns.local 192.0.2.53 >/run/nslookup || fail "nslookup in the guest: $(cat /run/nslookup)"
	by_dpdk=$(queries 1) by_kernel=$(queries kernel)
	[ "$by_dpdk" -gt 1000 ] && [ "$by_kernel" -ge 4 ] && [ "$by_kernel" -lt 10 ] || fail "queries: $by_dpdk by DPDK, $by_kernel by the kernel's sockets"
	say "queries: $by_dpdk by DPDK, $by_kernel by the kernel's sockets"
}

modprobe tun
case $binding in
net_tap) eal='"--no-pci", "--vdev=net_tap0,remote=eth0"' ;;
*) bind && eal="\"-a\", \"$pci\"" ;;
esac
printf 'eal = [%s, "-m", "96"]\nexception = "%s"\n' "$eal" "$exception" >>/etc/skydns.toml
[ "$binding" != net_tap ] || share
control -config-file /etc/skydns.toml 2>/run/control.log &
dataplane -config-file /etc/skydns.toml 2>/run/dataplane.log &
dataplane=$!
export SKYDNS_API_ADDR=127.0.0.1:9001 SKYDNS_API_TOKEN=123456789
for _ in $(seq 300); do
	skydns-apicmd -domain www -method create -ips '192.0.2.1;192.0.2.2' >/dev/null 2>&1 && break
	sleep 0.2
done
skydns-apicmd -domain www -method create -ips 2001:db8::1 || fail "add a record: $(tail -n 3 /run/control.log)"
until grep -q answering /run/dataplane.log; do
	kill -0 $dataplane 2>/dev/null || fail "dataplane: $(tail -n 20 /run/dataplane.log)"
	sleep 0.2
done
grep -E 'port started|flow rules| ERR | WRN ' /run/dataplane.log
say "serving by $binding, exception port by $exception"

read -r _
[ "$binding" != net_tap ] || shared
kill -TERM $dataplane
wait $dataplane || fail "dataplane ends with $?: $(tail -n 3 /run/dataplane.log)"
say "dataplane has ended"
if [ "$binding" = net_tap ]; then
	[ -z "$(rules)" ] || fail "rules are left: $(rules)"
else
	dpdk-devbind.py --bind="$driver" "$pci" || fail "dpdk-devbind.py --bind=$driver $pci"
	for _ in $(seq 100); do [ -d /sys/class/net/eth0 ] && break; sleep 0.1; done
	ip address add 192.0.2.53/24 dev eth0 && ip link set eth0 up || fail "the kernel does not get the NIC back"
fi
[ "$(cat /sys/class/net/eth0/address)" = "$mac" ] || fail "the NIC has another MAC"
say "the kernel has $pci again, by $driver"

read -r _
end "done"
