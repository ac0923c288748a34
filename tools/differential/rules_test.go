package differential

import (
	"os"
	"strings"
	"testing"
)

// TestRulesAreJustified wants a line of README.md for each rule.
func TestRulesAreJustified(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		whose := "both"
		if r.server != "" {
			whose = r.server
		}
		if !strings.Contains(string(text), "| `"+r.name+"` | "+whose+" |") {
			t.Errorf("README.md has no line for the rule %q of %s", r.name, whose)
		}
	}
}
