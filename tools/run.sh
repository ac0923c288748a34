#!/usr/bin/env bash
# Starts control with an etcd of its own, and dataplane on kernel sockets, as
# configs/skydns-run.toml says, loads a small sample and prints three commands
# to try; `make run` calls it after the build. Ctrl-C stops both. What they
# keep is in run/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

config=configs/skydns-run.toml
export SKYDNS_API_ADDR=127.0.0.1:9001
export SKYDNS_API_TOKEN=123456789 # a sample that everybody knows

mkdir -p run/log
processes=()
stop() {
	trap '' INT TERM
	kill "${processes[@]}" 2>/dev/null || true
	wait
}
trap stop EXIT
trap 'exit 0' INT TERM

bin/control -config-file $config &
processes+=($!)
bin/dataplane -config-file $config &
processes+=($!)

# have NAME ARGUMENTS creates a record with the arguments unless the name is
# there, from the last time or because control has just taken it.
have() {
	local name=$1
	shift
	bin/skydns-apicmd -show "$name" 2>/dev/null | grep -q . ||
		bin/skydns-apicmd -method create "$@" >/dev/null 2>&1
}
await() {
	for _ in $(seq 150); do
		if "$@"; then return; fi
		for process in "${processes[@]}"; do
			# The process has said why, in one line.
			kill -0 "$process" 2>/dev/null || exit 1
		done
		sleep 0.2
	done
	echo "run: the sample cannot be loaded: $*" >&2
	exit 1
}
await have cctv2 -domain cctv2 -type A -ips '192.168.10.1;192.168.10.2;192.168.10.3'
await have tv1 -domain cctv2.skydns.local -type cname -alias tv1

cat <<TRY

SkyDNS answers at 127.0.0.1:5353, REST at $SKYDNS_API_ADDR (token $SKYDNS_API_TOKEN: a sample). Try, in another shell:

  dig @127.0.0.1 -p 5353 tv1.skydns.local
  curl -X POST -d '{"type":"A","ips":["192.168.10.7"]}' 'http://$SKYDNS_API_ADDR/skydns/api/web?token=$SKYDNS_API_TOKEN'
  bin/skydns-apicmd -addr $SKYDNS_API_ADDR -token $SKYDNS_API_TOKEN -list

Ctrl-C stops both.
TRY
wait -n
echo "run: a process has ended" >&2
exit 1
