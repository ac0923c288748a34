# SkyDNS: `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export GOTOOLCHAIN ?= local

# Debian and Ubuntu packages. Dockerfile.build installs the first list; a test
# compares the two.
BUILD_PACKAGES := libdpdk-dev pkg-config
TEST_PACKAGES  := bind9-dnsutils curl dpdk dpdk-dev etcd-client iproute2 knot nsd
NIC_PACKAGES   := busybox-static cpio dnsperf iputils-ping kmod pciutils python3 qemu-system-x86

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 30s
CHAOSTIME   ?= 10m
SEED        ?= 0
KEYS        ?= 300

# Whether DPDK is to be had: asked late, because setup may install it.
have_dpdk = pkg-config --exists libdpdk 2>/dev/null

programs = $(patsubst %/main.go,./%,$(wildcard control/main.go tools/skydns-*/main.go bench/queryperf/main.go))

# The level of the processor for which dataplane is built: with BMI2 and AVX2
# the engine takes about a tenth less (BenchmarkAnswer). Where this machine has
# less, or the one that it is for: make build DATAPLANE_GOAMD64=v1.
DATAPLANE_GOAMD64 ?= $(shell \
	for f in avx2 bmi1 bmi2 f16c fma abm movbe; do grep -qw $$f /proc/cpuinfo || { echo v1; exit; }; done; echo v3)

# The tests that a plain `go test` of them all would run a second time.
slow_tests = /tools/chaos$$|/tools/differential$$|/tools/e2e$$|/tools/repocheck$$

##@ Work

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9%-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup build ## install what is missing, build, start a node with a sample on 127.0.0.1
	@tools/run.sh

.PHONY: build
build: ## all programs to bin/, dataplane and queryperf with DPDK where it is installed
	CGO_ENABLED=0 go build -o bin/ $(programs)
	@if $(have_dpdk); then \
		set -x; CGO_ENABLED=1 GOAMD64=$(DATAPLANE_GOAMD64) go build -tags dpdk -o bin/ ./dataplane ./bench/queryperf; \
	else \
		echo 'build: no libdpdk here (make setup): bin/dataplane has kernel sockets only'; \
		set -x; CGO_ENABLED=0 GOAMD64=$(DATAPLANE_GOAMD64) go build -o bin/dataplane ./dataplane; \
	fi

.PHONY: setup
setup: ## install the Debian packages that are missing
	@tools/setup.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)

.PHONY: docker
docker: ## build everything in the image of Dockerfile.build
	docker build -f Dockerfile.build -t skydns-build .

.PHONY: clean
clean: ## remove bin/ and the state of `make run`
	rm -rf bin run

##@ Test

.PHONY: test
test: setup ## set up and run all tests: what continuous integration runs
	@$(MAKE) check-format check-tree check-vet
	@tools/hugepages.sh $(MAKE) test-unit test-e2e test-differential test-rfc8906 test-dpdk
	@$(MAKE) test-interop KEYS=100
	@$(MAKE) check-static check-generated

.PHONY: test-unit
test-unit: ## the packages' own tests, with the race detector
	CGO_ENABLED=1 go test -race -timeout 10m $$(go list ./... | grep -vE '$(slow_tests)')

.PHONY: test-e2e
test-e2e: ## the real programs, end to end
	CGO_ENABLED=0 go test -count=1 -timeout 10m ./tools/e2e ./tools/chaos
	@[ "$$(id -u)" -eq 0 ] || echo 'test-e2e: chaos cuts off by proxies, not in network namespaces: needs root'

.PHONY: test-rfc8906
test-rfc8906: ## what RFC 8906 section 8 has name servers asked, by dig, over UDP, TCP and DPDK
	go test -count=1 -timeout 5m ./tools/rfc8906

.PHONY: chaos
chaos: ## failures at random for CHAOSTIME=10m: etcd, control and dataplane killed, stopped, cut off (by proxies where not root)
	CGO_ENABLED=0 go test -count=1 -v -timeout 0 ./tools/chaos -args -for $(CHAOSTIME) -seed $(SEED)

.PHONY: test-interop
test-interop: ## our answers beside those of CoreDNS's etcd plugin, on the same etcd (SEED=7: the same again; KEYS=300)
	cd tools/interop && CGO_ENABLED=0 go test -count=1 -timeout 20m . -args -seed $(SEED) -keys $(KEYS)

.PHONY: test-differential
test-differential: ## random questions to our engine, NSD and Knot: answers compared
	CGO_ENABLED=0 go test -count=1 -timeout 10m ./tools/differential

.PHONY: test-dpdk
test-dpdk: ## DPDK on virtual devices and network namespaces (needs root)
	@if ! $(have_dpdk); then \
		echo 'test-dpdk: skipped: no libdpdk here (make setup)'; \
	else \
		(set -x; CGO_ENABLED=1 go test -tags dpdk -count=1 -timeout 10m ./cgo/... ./dataplane/exception ./dataplane/netio/... ./bench/queryperf); \
		[ "$$(id -u)" -eq 0 ] || echo 'test-dpdk: network namespaces, AF_XDP and TAP skipped: needs root'; \
	fi

.PHONY: test-nic
test-nic: ## a gigabit NIC bound with dpdk-devbind, in QEMU without KVM (needs root; minutes)
	@tools/setup.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) $(NIC_PACKAGES)
	@$(MAKE) build
	@tools/nic/guest.sh run/nic
	@tools/nic/test.sh

.PHONY: fuzz
fuzz: ## every fuzz target in turn, each for FUZZTIME=30s
	@tools/fuzz.sh $(FUZZTIME)

##@ Check

.PHONY: check
check: check-format check-tree check-vet check-static check-generated ## format, tree, vet, staticcheck, generated files

.PHONY: check-format
check-format:
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "not gofmt-ed: $$files"; exit 1; }

.PHONY: check-vet
check-vet:
	CGO_ENABLED=0 go vet ./...
	@if $(have_dpdk); then set -x; CGO_ENABLED=1 go vet -tags dpdk ./cgo/... ./dataplane/... ./bench/...; fi

.PHONY: check-tree
check-tree:
	go test ./tools/repocheck

.PHONY: check-static
check-static:
	CGO_ENABLED=0 go run $(STATICCHECK) ./...
	@if $(have_dpdk); then set -x; CGO_ENABLED=1 go run $(STATICCHECK) -tags dpdk ./cgo/... ./dataplane/... ./bench/...; fi

# What is generated is kept, so that a build needs no clang, and is compared
# with its source by a sum: compilers differ.
.PHONY: check-generated
check-generated:
	go test -count=1 -run TestObjectIsOfSource ./cgo/steer

.PHONY: steer
steer: ## build the XDP program of cgo/steer again (needs clang, libbpf-dev)
	cgo/steer/build.sh

##@ Measure

.PHONY: bench
bench: ## all benchmarks; bench-NAME runs one (names: bench/README.md)
	@DATAPLANE_GOAMD64=$(DATAPLANE_GOAMD64) bench/run.sh all

.PHONY: bench-%
bench-%:
	@DATAPLANE_GOAMD64=$(DATAPLANE_GOAMD64) bench/run.sh $*
