#!/bin/sh
# Makes steer.o of bpf/steer.c, and notes in steer.sum of what source it is. It
# needs clang and libbpf-dev; `make steer` calls it. Another version of clang
# makes other octets that do the same.
set -eu

cd "$(dirname "$0")"
${CLANG:-clang} -O2 -g -Wall -target bpf -I"/usr/include/$(uname -m)-linux-gnu" -fdebug-prefix-map="$PWD"=. -c bpf/steer.c -o steer.o
sha256sum bpf/steer.c >steer.sum
