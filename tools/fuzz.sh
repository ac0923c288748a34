#!/usr/bin/env bash
# Runs every fuzz target of the module in turn, each for the time given
# (default 30s); `make fuzz` calls it. Stops at the first that fails.
set -euo pipefail
fuzztime=${1:-30s}

grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . >/dev/null ||
	{ echo "fuzz: no fuzz targets" >&2; exit 1; }

grep -rlE --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do
	package=$(dirname "$file")
	grep -oE '^func Fuzz[A-Za-z0-9_]+' "$file" | cut -d' ' -f2 | while read -r target; do
		echo "== $package $target for $fuzztime"
		CGO_ENABLED=0 go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" -fuzzminimizetime 5s "$package" </dev/null
	done
done
