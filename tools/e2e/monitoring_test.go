package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/ipdcode/skydns/tools/lab"
)

const monitoring = "../../configs/monitoring/"

// metricName finds the names of our metrics in expressions and in source code.
var metricName = regexp.MustCompile(`\bskydns_[a-z0-9_]+`)

// TestMonitoringMetrics verifies that every metric which the dashboard and the
// alert rules name exists: both programs show it, or their source names it (a
// metric with labels is not shown before it has counted something).
func TestMonitoringMetrics(t *testing.T) {
	n := lab.StartNode(t, "", "")
	shown := map[string]bool{}
	for _, addr := range []string{n.Stats, n.API} {
		for line := range strings.Lines(fetch(t, "http://"+addr+"/metrics")) {
			if fields := strings.Fields(line); len(fields) > 3 && fields[1] == "TYPE" {
				shown[fields[2]] = true
			}
		}
	}
	sources := sourceMetrics(t)
	for file, names := range namedMetrics(t) {
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for name := range names {
			family := name
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				if f, ok := strings.CutSuffix(name, suffix); ok && shown[f] {
					family = f
				}
			}
			if !shown[family] && !sources[family] {
				t.Errorf("%s: there is no metric %s", file, name)
			}
		}
	}
}

// namedMetrics is, by file, the metrics in the expressions of the dashboard and the rules.
func namedMetrics(t *testing.T) map[string]map[string]bool {
	t.Helper()
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Labels      map[string]string
				Annotations map[string]string
			}
		}
	}
	if err := json.Unmarshal(readFile(t, "skydns-dashboard.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(readFile(t, "skydns-alerts.yaml"), new(any)); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(readFile(t, "skydns-alerts.yaml"), &rules); err != nil {
		t.Fatal(err)
	}
	named := map[string]map[string]bool{"skydns-dashboard.json": {}, "skydns-alerts.yaml": {}}
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				named["skydns-dashboard.json"][name] = true
			}
		}
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			if r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("alert %s lacks a severity, a summary or a description", r.Alert)
			}
			for _, name := range metricName.FindAllString(r.Expr, -1) {
				named["skydns-alerts.yaml"][name] = true
			}
		}
	}
	return named
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(monitoring + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sourceMetrics is the names of metrics that the source code of both programs
// has in quotes.
func sourceMetrics(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, folder := range []string{"../../control", "../../dataplane"} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, quoted := range regexp.MustCompile(`"skydns_[a-z0-9_]+"`).FindAllString(string(text), -1) {
				found[strings.Trim(quoted, `"`)] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
