package configs

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.toml"), filepath.Join(dir, "bad.toml")
	if err := os.WriteFile(good, []byte(valid), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte("[Dns]\nx = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name           string
		args           []string
		config         bool
		code           int
		stdout, stderr string
	}{
		{"reads the file", []string{"-config-file", good}, true, ExitDone, "", ""},
		{"says that a file has no problems", []string{"-config-file", good, "-check-config"}, false, ExitDone, "good.toml: no problems", ""},
		{"says what is wrong with a file", []string{"-config-file", bad, "-check-config"}, false, ExitFailed, "", "bad.toml:2: [Dns] x"},
		{"says that there is no file", []string{"-config-file", dir + "/none"}, false, ExitFailed, "", "none: no such file"},
		{"prints the version", []string{"-version"}, false, ExitDone, "control ", ""},
		{"refuses an unknown flag", []string{"-x"}, false, ExitUsage, "", "-x"},
		{"refuses an argument", []string{"x"}, false, ExitUsage, "", "unexpected argument"},
		{"helps", []string{"-help"}, false, ExitDone, "", "-config-file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			config, code := Load(flag.NewFlagSet("control", flag.ContinueOnError), c.args, &stdout, &stderr)
			if (config != nil) != c.config || code != c.code {
				t.Errorf("config %v, code %d, want code %d", config, code, c.code)
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
			}
		})
	}
}

func TestOpenLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	for range 2 {
		log, closer, err := OpenLog(Log{Dir: dir, Level: Level(zerolog.WarnLevel)}, "control")
		if err != nil {
			t.Fatal(err)
		}
		log.Info().Msg("not to be seen")
		log.Warn().Msg("to be seen")
		if err := closer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "control.log"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("want the line of each run, got %q", lines)
	}
	var line struct{ Level, Program, Message string }
	if err := json.Unmarshal(lines[1], &line); err != nil {
		t.Fatal(err)
	}
	if line.Level != "warn" || line.Program != "control" || line.Message != "to be seen" {
		t.Errorf("got %+v", line)
	}
}
