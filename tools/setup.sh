#!/usr/bin/env bash
# Installs the Debian packages named as arguments that are missing, and
# nothing else; `make setup` calls it. Without root, sudo or network it says
# what is missing and succeeds: the build then leaves DPDK out, and the tests
# that need a program skip.
set -euo pipefail

say() { echo "setup: $*" >&2; }

missing=()
for package in "$@"; do
	status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
	[ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
	say "no apt-get here; install by hand what corresponds to: ${missing[*]}"
	exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		say "not root and no sudo without a password; run: sudo apt-get install ${missing[*]}"
		exit 0
	fi
	as_root=(sudo -n)
fi

# Some of the packages bring a service. Debian asks policy-rc.d before it
# starts one; 101 is "not allowed".
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap '"${as_root[@]}" rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
	"${as_root[@]}" chmod 755 $policy
fi

say "installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
log=$(mktemp)
if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
	tail -n 5 "$log" >&2
	say "apt-get failed (all of it: $log); going on without ${missing[*]}"
	exit 0
fi
rm -f "$log"

# What brings a service does not start it at the next boot either: a name
# server would take port 53.
for service in knot nsd; do
	if [[ " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
		"${as_root[@]}" systemctl disable --quiet "$service" 2>/dev/null || true
	fi
done
