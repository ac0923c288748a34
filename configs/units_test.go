package configs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnits lets systemd look at the units, each with its program replaced by
// one that is there, and verifies what makes them whole.
func TestUnits(t *testing.T) {
	units, err := filepath.Glob("systemd/*.service")
	if err != nil || len(units) != 2 {
		t.Fatalf("units %v, %v", units, err)
	}
	for _, unit := range units {
		t.Run(filepath.Base(unit), func(t *testing.T) {
			data, err := os.ReadFile(unit)
			if err != nil {
				t.Fatal(err)
			}
			text := string(data)
			for _, want := range []string{"Type=notify", "WatchdogSec=", "Restart=always", "NoNewPrivileges=yes",
				"ProtectSystem=strict", "ProtectProc=invisible", "CapabilityBoundingSet=", "User=skydns-", "Group=skydns", DefaultFile} {
				if !strings.Contains(text, "\n"+want) && !strings.Contains(text, " "+want) {
					t.Errorf("lacks %s", want)
				}
			}
			verify, err := exec.LookPath("systemd-analyze")
			if err != nil {
				t.Skipf("systemd-analyze is not here: %v", err)
			}
			text = strings.NewReplacer("/usr/local/bin/control", "/bin/true", "/usr/local/bin/dataplane", "/bin/true").Replace(text)
			copied := filepath.Join(t.TempDir(), filepath.Base(unit))
			if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(verify, "verify", "--man=no", copied).CombinedOutput()
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, filepath.Base(unit)) {
					t.Errorf("systemd says: %s", line)
				}
			}
			if err != nil && len(out) == 0 {
				t.Errorf("systemd-analyze: %v", err)
			}
		})
	}
}
