#!/usr/bin/env bash
# Reserves 1 GB of huge pages and mounts hugetlbfs for the tests that use
# them, where this is root, memory is plenty and the kernel lets it; `make
# test` calls it. Everything works without, only slower, so it never fails.
set -u

pages=512 # of 2 MB
reserved=$(cat /proc/sys/vm/nr_hugepages 2>/dev/null || echo 0)
available=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)

if [ "$(id -u)" -ne 0 ]; then
	echo "huge pages: not root, tests that need them skip" >&2
	exit 0
fi
if [ "$reserved" -lt $pages ] && [ "$available" -ge 6144 ]; then
	{ echo $pages >/proc/sys/vm/nr_hugepages; } 2>/dev/null
fi
if ! mountpoint -q /dev/hugepages; then
	{ mkdir -p /dev/hugepages && mount -t hugetlbfs nodev /dev/hugepages; } 2>/dev/null
fi
if ! mountpoint -q /dev/hugepages || [ "$(cat /proc/sys/vm/nr_hugepages)" -eq 0 ]; then
	echo "huge pages: not to be had here, tests that need them skip" >&2
fi
exit 0
