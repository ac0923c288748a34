#!/usr/bin/env bash
# Runs one benchmark, or all in turn; `make bench` and `make bench-NAME` call
# it. Installs what they need, reserves huge pages for them, and gives those
# back at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=(engine dpdk memif socket asker update load)
level=${DATAPLANE_GOAMD64:-v1}
coredns=v1.15.0
pages=2048 # of 2 MB: for 11 million names and twice the memory of DPDK

reserve() {
	local before
	before=$(cat /proc/sys/vm/nr_hugepages)
	tools/hugepages.sh
	if [ "$(id -u)" -eq 0 ] && [ "$before" -lt $pages ]; then
		trap "echo $before >/proc/sys/vm/nr_hugepages" EXIT
		echo $pages >/proc/sys/vm/nr_hugepages
	fi
	if [ "$(cat /proc/sys/vm/nr_hugepages)" -lt $pages ]; then
		echo "bench: fewer than $pages huge pages: large snapshots may find no room; run as root on a machine with 8 GB free" >&2
	fi
}

run() {
	case $1 in
	engine)
		CGO_ENABLED=0 GOAMD64=$level go run ./bench/engine
		;;
	dpdk)
		tools/setup.sh libdpdk-dev dpdk-dev pkg-config
		CGO_ENABLED=1 GOAMD64=$level go run -tags dpdk ./bench/dpdk
		;;
	memif)
		tools/setup.sh libdpdk-dev dpdk-dev pkg-config
		make build
		CGO_ENABLED=0 go run ./bench/memif
		;;
	socket)
		tools/setup.sh knot nsd bind9 unbound dnsperf
		make build
		CGO_ENABLED=0 GOBIN=$PWD/bin/peers go install -trimpath github.com/coredns/coredns@$coredns
		CGO_ENABLED=0 go run ./bench/socket
		run xdp
		;;
	xdp)
		tools/setup.sh libdpdk-dev dpdk-dev pkg-config iproute2 knot knot-dnsutils
		make build
		CGO_ENABLED=0 go run ./bench/xdp
		;;
	plot)
		(cd bench/plot && CGO_ENABLED=0 go run . -in ../results/figures.txt -out ../results)
		;;
	control)
		run load
		run update
		;;
	asker)
		tools/setup.sh dnsperf
		make build
		CGO_ENABLED=0 go run ./bench/asker
		;;
	update | load)
		make build
		CGO_ENABLED=0 go build -o bin/ ./tools/lab/labetcd
		CGO_ENABLED=0 go run "./bench/$1"
		;;
	*)
		echo "bench: no benchmark $1; there are: ${all[*]}" >&2
		exit 2
		;;
	esac
}

reserve
if [ "$1" = all ]; then
	for name in "${all[@]}"; do
		run "$name"
		echo
	done
else
	run "$1"
fi
