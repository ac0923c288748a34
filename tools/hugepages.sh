#!/usr/bin/env bash
# Runs the command given with at least 1 GB of huge pages reserved and
# hugetlbfs mounted, where this is root, memory is plenty and the kernel lets
# it, and gives the pages back at the end. Without a command it leaves them
# reserved. Everything works without huge pages, only slower, so only the
# command can fail.
set -u

pages=512 # of 2 MB
count=/proc/sys/vm/nr_hugepages
before=$(cat $count 2>/dev/null || echo 0)
available=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)

if [ "$(id -u)" -eq 0 ]; then
	if [ "$before" -lt $pages ] && [ "$available" -ge 6144 ]; then
		{ echo $pages >$count; } 2>/dev/null
		[ $# -eq 0 ] || trap '{ echo $before >$count; } 2>/dev/null' EXIT
	fi
	if ! mountpoint -q /dev/hugepages; then
		{ mkdir -p /dev/hugepages && mount -t hugetlbfs nodev /dev/hugepages; } 2>/dev/null
	fi
fi
if ! mountpoint -q /dev/hugepages || [ "$(cat $count 2>/dev/null || echo 0)" -eq 0 ]; then
	echo "huge pages: not to be had here, tests that need them skip" >&2
fi
[ $# -eq 0 ] || "$@"
