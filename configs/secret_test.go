package configs

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecretInError verifies that what is said of a secret that is not a text,
// or not TOML at all, does not quote it, and still says where it stands.
func TestSecretInError(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"a number", `%s = 123456789`, "f.toml:6: "},
		{"an array", `%s = ["123456789"]`, "f.toml:6: "},
		{"a table", `%s = {a = "123456789"}`, "f.toml:6: "},
		{"a number out of range", `%s = 123456789123456789123456789`, "f.toml:6: "},
		{"more behind it", `%s = "x" 123456789`, "f.toml:6: "},
		{"without an end", `%s = "123456789`, "f.toml:6: "},
		{"an array of several lines", "%s = [\n1,\n123456789x]", "f.toml:8: "},
		{"a text of lines that look like keys", "%s = \"\"\"\na = \"123456789\\q\"\n\"\"\"", "f.toml:7: "},
		{"another case", `SECTION-%s = 123456789`, "f.toml:6: "},
	} {
		for key, section := range map[string]string{"skydns-auth": "SkydnsApi", "statsServerAuthToken": "Stats", "etcd-password": "Etcd"} {
			t.Run(c.name+" for "+key, func(t *testing.T) {
				line := strings.Replace(c.line, "%s", key, 1)
				if upper, ok := strings.CutPrefix(line, "SECTION-"); ok {
					line = strings.ToUpper(upper)
				}
				_, err := Parse("f.toml", []byte("# 2\n\n[Dns]\ndns-domain = \"a\"\n["+section+"]\n"+line+"\n"))
				if err == nil || strings.Contains(err.Error(), "123456789") || !strings.Contains(err.Error(), c.want) ||
					!strings.Contains(strings.ToLower(err.Error()), strings.ToLower(key)) || !strings.Contains(err.Error(), "want a text in quotes") {
					t.Error(err)
				}
			})
		}
	}
}

// TestOthersAreQuoted verifies that what is wrong behind a secret, with another
// key or in a line that has none, is not taken for the secret's fault.
func TestOthersAreQuoted(t *testing.T) {
	for _, line := range []string{"tls-keyfile = 1e", "log-level", "[Kube2Skydns", "\n# the text\n]"} {
		_, err := Parse("f.toml", []byte(valid+line+"\n"))
		if err == nil || strings.Contains(err.Error(), "skydns-auth") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// TestSecretInCheck verifies that -check-config does not show a secret.
func TestSecretInCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "skydns.toml")
	if err := os.WriteFile(file, []byte("[SkydnsApi]\nskydns-auth = 123456789\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	_, code := Load(flag.NewFlagSet("control", flag.ContinueOnError), []string{"-check-config", "-config-file", file}, io.Discard, &stderr)
	if code != ExitFailed || strings.Contains(stderr.String(), "123456789") {
		t.Errorf("code %d: %s", code, &stderr)
	}
}
