#!/usr/bin/env bash
# `make test-nic`: the dataplane on a gigabit NIC that DPDK drives. QEMU
# emulates the machine, without KVM; its guest (guest.sh, init.sh) takes the NIC
# from the kernel with dpdk-devbind.py, serves, and gives it back, or shares it
# with the kernel. This script is its clients: from a network namespace, over that NIC.
#
#	test.sh [NIC/BINDING/EXCEPTION ...]
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
dir=$(readlink -f "$here/../..")/run/nic
runs=("$@")
[ ${#runs[@]} -gt 0 ] || runs=(e1000/uio_pci_generic/tap e1000/vfio-pci/tap e1000e/uio_pci_generic/tap e1000e/vfio-pci/virtio-user e1000e/net_tap/kernel)
ns=skydns-nic-$$
patience=300 # seconds for the guest to start: QEMU computes every instruction
servers=(192.0.2.53 2001:db8::53)

if [ "$(id -u)" -ne 0 ]; then
	echo "test-nic: skipped: network namespaces and TAP need root"
	exit 0
fi

say() { echo "host: $*"; }

fail() {
	say "FAILED: $*"
	tail -n 30 "$dir/console" | sed 's/^/  console: /'
	exit 1
}

qemu=
cleanup() {
	[ -z "$qemu" ] || kill "$qemu" 2>/dev/null || true
	ip netns del "$ns" 2>/dev/null || true
}
trap cleanup EXIT

client() { ip netns exec "$ns" "$@"; }

# boot NIC BINDING EXCEPTION starts the guest; its console is $dir/console, and
# file descriptor 3 is what it reads.
boot() {
	ip netns add "$ns"
	client ip link set lo up
	client ip tuntap add nic0 mode tap
	client ip link set nic0 up
	client ip address add 192.0.2.77/24 dev nic0
	client ip address add 2001:db8::77/64 dev nic0 nodad
	: >"$dir/console"
	rm -f "$dir/input"
	mkfifo "$dir/input"
	exec 3<>"$dir/input"
	# shellcheck disable=SC2046
	ip netns exec "$ns" qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 \
		-nodefaults -nographic -no-reboot -serial stdio $([ "$2" != vfio-pci ] || echo -device intel-iommu,intremap=on) \
		-netdev tap,id=n0,ifname=nic0,script=no,downscript=no,vhost=off \
		-device "$1,netdev=n0,mac=02:00:00:00:00:53,addr=4,romfile=" \
		-kernel "$dir/vmlinuz" -initrd "$dir/initramfs" \
		-append "console=ttyS0 quiet panic=-1 no_timer_check intel_iommu=on iommu=pt nic.driver=$1 nic.binding=$2 nic.exception=$3" \
		<"$dir/input" >"$dir/console" 2>&1 &
	qemu=$!
}

# await TEXT waits until the guest says it.
await() {
	for ((i = 0; i < patience * 5; i++)); do
		alive=true
		kill -0 "$qemu" 2>/dev/null || alive=false
		! grep -q "^nic: FAILED" "$dir/console" || fail "in the guest"
		! grep -q "^nic: $1" "$dir/console" || return 0
		$alive || fail "QEMU has ended before the guest said \"$1\""
		sleep 0.2
	done
	fail "the guest has not said \"$1\" in $patience s"
}

# expect WHAT WANT COMMAND... runs a command that prints WANT in the end: the
# link and neighbours take a moment.
expect() {
	what=$1 want=$2
	shift 2
	for ((i = 0; i < 30; i++)); do
		got=$(client "$@" 2>&1 | sort | tr '\n' ' ') || true
		if [ "$got" = "$want " ]; then
			say "$what: $got"
			return
		fi
		sleep 0.5
	done
	fail "$what: got \"$got\", want \"$want\""
}

# reach ADDRESS pings until three requests in a row are answered: a link takes
# a moment to come up.
reach() {
	for ((i = 0; i < 20; i++)); do
		if got=$(client ping -n -c 3 -i 0.3 -W 2 "$1" | grep 'received, 0% packet loss'); then
			say "ping $1: $got"
			return
		fi
	done
	fail "ping $1"
}

ask() {
	for server in "${servers[@]}"; do
		expect "UDP from $server" "192.0.2.1 192.0.2.2" dig +short +tries=1 +time=2 @"$server" www.skydns.local A
		expect "TCP from $server" "2001:db8::1" dig +short +tcp +tries=1 +time=5 @"$server" www.skydns.local AAAA
		reach "$server"
	done
}

# fragments asks by queries that are longer than a frame, which the kernel's
# sockets have to answer. dig would ask them by TCP.
fragments() {
	for server in "${servers[@]}"; do
		expect "fragments from $server: ID, RCODE, answers" "4711 0 2" python3 -c '
import socket, sys
question = b"\3www\6skydns\5local\0" + bytes.fromhex("0001 0001")
padding = bytes.fromhex("00 0029 04d0 00000000 070c 000c 0708") + bytes(1800)
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.sendto(bytes.fromhex("4711 0100 0001 0000 0000 0001") + question + padding, (sys.argv[1], 53))
reply = s.recv(4096)
print(reply[:2].hex(), reply[3] & 15, int.from_bytes(reply[6:8], "big"))' "$server"
	done
}

load() {
	printf 'www.skydns.local A\nwww.skydns.local AAAA\nnone.skydns.local A\nskydns.local SOA\n' >"$dir/queries"
	for server in "${servers[@]}"; do
		client dnsperf -s "$server" -d "$dir/queries" -l 5 -c 8 -q 16 >"$dir/dnsperf" 2>&1 || fail "dnsperf: $(cat "$dir/dnsperf")"
		sed -n 's/^ *\(Queries sent\|Queries lost\|Response codes\|Queries per second\): */host: dnsperf '"$server"': \1: /p' "$dir/dnsperf"
		grep -q 'Queries lost: *0 ' "$dir/dnsperf" || fail "dnsperf lost queries"
	done
}

# stop tells the guest to stop the dataplane, in the middle of queries.
stop() {
	client dnsperf -s "${servers[0]}" -d "$dir/queries" -l 10 -c 8 -q 16 -t 1 >"$dir/dnsperf" 2>&1 &
	asking=$!
	came=$(received)
	for ((i = 0; i < 100 && $(received) < came + 1000; i++)); do sleep 0.1; done
	kill -0 $asking && (($(received) >= came + 1000)) || fail "no replies before the stop: $(cat "$dir/dnsperf")"
	echo stop >&3
	await "dataplane has ended"
	wait $asking || true # it has lost those that came too late
	say "stopped under load: $(sed -n 's/^ *Queries completed: *//p' "$dir/dnsperf") queries answered until then"
}

# received is how many frames have come from the guest.
received() { client cat /sys/class/net/nic0/statistics/rx_packets; }

for run in "${runs[@]}"; do
	IFS=/ read -r nic binding exception <<<"$run"
	say "== $nic by $binding, exception port by $exception"
	begin=$SECONDS
	boot "$nic" "$binding" "$exception"
	await serving
	ask
	[ "$exception" != kernel ] || fragments
	load
	stop
	await "the kernel has .* again"
	reach 192.0.2.53
	echo end >&3
	await "done"
	wait "$qemu" || true
	qemu=
	exec 3>&-
	ip netns del "$ns"
	tr -d '\r' <"$dir/console" | grep -E '^nic: |drv=|share port|port started|flow rules' | sed 's/^nic: /guest: /'
	say "ok after $((SECONDS - begin)) s"
done
