#!/bin/sh
# The init of the guest of test.sh, which reads what it says in lines that
# begin with "nic:" and tells it to go on by lines on the console. The kernel's
# command line has nic.driver, nic.binding and nic.exception.
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

modprobe "$binding" || fail "modprobe $binding"
[ "$binding" != vfio-pci ] || modprobe vfio_iommu_type1 # which busybox does not know to belong to it
modprobe tun
[ "$exception" = tap ] || modprobe vhost_net
dpdk-devbind.py --bind="$binding" "$pci" || fail "dpdk-devbind.py --bind=$binding $pci"
dpdk-devbind.py --status-dev net | grep "$pci"

printf 'eal = ["-a", "%s", "-m", "96"]\nexception = "%s"\n' "$pci" "$exception" >>/etc/skydns.toml
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
grep -E 'port started| ERR | WRN ' /run/dataplane.log
say "serving by $binding, exception port by $exception"

read -r _
kill -TERM $dataplane
wait $dataplane || fail "dataplane ends with $?: $(tail -n 3 /run/dataplane.log)"
say "dataplane has ended"
dpdk-devbind.py --bind="$driver" "$pci" || fail "dpdk-devbind.py --bind=$driver $pci"
for _ in $(seq 100); do [ -d /sys/class/net/eth0 ] && break; sleep 0.1; done
ip address add 192.0.2.53/24 dev eth0 && ip link set eth0 up || fail "the kernel does not get the NIC back"
[ "$(cat /sys/class/net/eth0/address)" = "$mac" ] || fail "the NIC has another MAC"
say "the kernel has $pci again, by $driver"

read -r _
end "done"
