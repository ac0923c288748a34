package repocheck

import (
	"slices"
	"strings"
	"testing"
)

// forbidden are the arrows that must not exist, however many steps they take.
var forbidden = []struct {
	from, to string // import paths, each with all below it; from without the module
	reason   string
}{
	{"dataplane", module + "/control", "the two processes share the snapshot and nothing else"},
	{"dataplane", "go.etcd.io", "dataplane answers while etcd is dead"},
	{"dataplane", "k8s.io", "dataplane answers while Kubernetes is dead"},
	{"dataplane", "sigs.k8s.io", "dataplane answers while Kubernetes is dead"},
	{"dataplane", "google.golang.org/grpc", "dataplane talks to nobody but DNS clients and upstreams"},
	{"dataplane/engine", "net", "the engine knows no network: netio does"},
	{"dataplane/engine", "time", "the engine has no clock of its own: it is given what it needs"},
	{"dataplane/wire", "os", "wire is bytes in, bytes out"},
	{"cgo", module, "the binding knows DPDK and nothing of DNS"},
	{"configs", module, "every program reads its configuration through configs"},
	{"control", module + "/tools", "tools examine the programs, not the reverse"},
	{"control", module + "/bench", "benchmarks examine the programs, not the reverse"},
	{"dataplane", module + "/tools", "tools examine the programs, not the reverse"},
	{"dataplane", module + "/bench", "benchmarks examine the programs, not the reverse"},
}

// allowed are, for the packages that may import only some of a kind, which.
var allowed = []struct {
	from   string   // folder, with all below it
	kind   string   // import path prefix that is restricted
	only   []string // the imports within kind that are allowed
	reason string
}{
	{"control", module + "/dataplane", []string{module + "/dataplane/snapshot", module + "/dataplane/wire"},
		"control writes the snapshot; how it is answered from is not its business"},
	{"dataplane", "github.com", []string{module, "github.com/BurntSushi/toml", "github.com/rs/zerolog",
		"github.com/prometheus/client_golang", "github.com/miekg/dns"},
		"few dependencies: standard library, x/sys, toml, zerolog; client_golang in stats, miekg/dns in forward"},
	{"dataplane", "golang.org", []string{"golang.org/x/sys"}, "few dependencies"},
}

// onlyIn are the libraries that one folder alone may import directly.
var onlyIn = []struct {
	within, library, folder string
}{
	{"dataplane", "github.com/prometheus/client_golang", "dataplane/stats"},
	{"dataplane", "github.com/miekg/dns", "dataplane/forward"},
}

// order is the dataplane from its foundations up: a package imports only from
// its own line or the lines before it.
var order = []string{
	"cgo", "configs",
	"dataplane/wire", "dataplane/frame", "dataplane/snapshot", "dataplane/engine", "dataplane/netio",
	"dataplane/forward", "dataplane/exception", "dataplane/stats", "dataplane/worker", "dataplane",
}

// eachBuild runs f on the packages of the build without and with DPDK.
func eachBuild(t *testing.T, f func(t *testing.T, pkgs []pkg)) {
	for name, tags := range map[string]string{"without DPDK": "", "with DPDK": "dpdk"} {
		t.Run(name, func(t *testing.T) { f(t, list(t, tags)) })
	}
}

func TestForbiddenArrows(t *testing.T) {
	eachBuild(t, func(t *testing.T, pkgs []pkg) {
		for _, p := range pkgs {
			for _, rule := range forbidden {
				if !within(p.path(), rule.from) {
					continue
				}
				for _, to := range reached(p, rule.to) {
					itself := within(to, module+"/"+rule.from)
					if within(to, rule.to) && !itself {
						t.Errorf("%s imports %s: %s", p.path(), to, rule.reason)
						break
					}
				}
			}
		}
	})
}

// reached are the imports of p that a rule against to looks at: all that p
// pulls in and its tests import. Of the standard library only what p imports
// itself: nearly everything reaches os in the end.
func reached(p pkg, to string) []string {
	if isStandard(to) {
		return p.Imports
	}
	return slices.Concat(p.Imports, p.Deps, p.TestImports, p.XTestImports)
}

func TestAllowedImports(t *testing.T) {
	eachBuild(t, func(t *testing.T, pkgs []pkg) {
		for _, p := range pkgs {
			for _, rule := range allowed {
				if !within(p.path(), rule.from) {
					continue
				}
				for _, to := range p.Imports {
					fine := slices.ContainsFunc(rule.only, func(a string) bool { return within(to, a) })
					if within(to, rule.kind) && !fine {
						t.Errorf("%s imports %s: %s", p.path(), to, rule.reason)
					}
				}
			}
			for _, rule := range onlyIn {
				if !within(p.path(), rule.within) || within(p.path(), rule.folder) {
					continue
				}
				for _, to := range p.Imports {
					if within(to, rule.library) {
						t.Errorf("%s imports %s: only %s may", p.path(), to, rule.folder)
					}
				}
			}
		}
	})
}

func TestDataplaneOrder(t *testing.T) {
	eachBuild(t, func(t *testing.T, pkgs []pkg) {
		for _, p := range pkgs {
			from := line(p.path())
			if !within(p.path(), "dataplane") {
				continue
			}
			if from < 0 {
				t.Errorf("%s has no line in the order", p.path())
			}
			for _, to := range p.Imports {
				path, ours := strings.CutPrefix(to, module+"/")
				if ours && line(path) > from {
					t.Errorf("%s imports %s, which stands on a later line", p.path(), path)
				}
			}
		}
	})
}

// line is where in order the folder stands, -1 if nowhere. dataplane itself
// is the last line, not a home for folders that have none.
func line(path string) int {
	return slices.IndexFunc(order, func(o string) bool {
		return path == o || o != "dataplane" && within(path, o)
	})
}

func TestOnlyCgoImportsC(t *testing.T) {
	eachBuild(t, func(t *testing.T, pkgs []pkg) {
		for _, p := range pkgs {
			if len(p.CgoFiles) > 0 && !within(p.path(), "cgo") {
				t.Errorf("%s imports \"C\" in %v: only cgo/ may", p.path(), p.CgoFiles)
			}
		}
	})
}
