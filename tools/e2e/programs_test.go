package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

// TestProgramPromises goes through what users are promised of every program,
// line by line: calls, each with the exit code and a part of what is printed.
func TestProgramPromises(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.toml", "[Dns]\ndns-domain = \"a.\"\n[SkydnsApi]\nskydns-auth = \"t\"\n")
	unknown := file("unknown.toml", "[Dns]\ndns-domain = \"a.\"\n\nno-key = 1\n")
	old := file("old.conf", "[Dns]\ndns-domain = a.\n")
	servers, all := []string{"control", "dataplane"}, []string{"control", "dataplane", "skydns-apicmd"}
	for _, p := range []struct {
		line     string
		programs []string
		args     []string
		code     int
		printed  string // in a regular expression; NAME is the program
	}{
		{"-version", append(all, "skydns-answer"), []string{"-version"}, 0, `(?m)^NAME \S+$`},
		{"-check-config exits 0", all, []string{"-check-config", "-config-file", good}, 0, `no problems`},
		{"-check-config prints file and line, exits 1", all, []string{"-check-config", "-config-file", unknown}, 1, `unknown.toml:4: \[Dns\] no-key: no such key`},
		{"unknown keys are errors", servers, []string{"-config-file", unknown}, 1, `unknown.toml:4: \[Dns\] no-key: no such key`},
		{"the ancestor's form is recognised", all, []string{"-check-config", "-config-file", old}, 1, `old.conf:2: .*skydns-apicmd -convert-config \S*old.conf`},
		{"-convert-config prints the TOML", []string{"skydns-apicmd"}, []string{"-convert-config", old}, 0, `(?m)^dns-domain = "a."$`},
		{"-config-file: a file that is not there", servers, []string{"-config-file", filepath.Join(dir, "none")}, 1, `none: no such file`},
		{"the default file is /etc/skydns/skydns.toml", servers, []string{"-help"}, 0, `/etc/skydns/skydns.toml`},
		{"wrong usage is 2", append(all, "skydns-answer"), []string{"-nothing"}, 2, `-nothing`},
		{"an argument too many is wrong usage", all, []string{"too-many"}, 2, `too-many`},
	} {
		for _, program := range p.programs {
			t.Run(p.line+", "+program, func(t *testing.T) {
				out, err := exec.Command(filepath.Join(lab.Programs(), program), p.args...).CombinedOutput()
				var exit *exec.ExitError
				if err != nil && !errors.As(err, &exit) {
					t.Fatal(err)
				}
				code := 0
				if exit != nil {
					code = exit.ExitCode()
				}
				if code != p.code || !regexp.MustCompile(strings.ReplaceAll(p.printed, "NAME", program)).Match(out) {
					t.Errorf("exit code %d, want %d; it prints\n%s", code, p.code, out)
				}
			})
		}
	}
}

// TestLogPromised verifies that the log is JSON in log-dir, and for people on
// stderr with log-to-stdio; and that SIGTERM ends a program with code 0.
func TestLogPromised(t *testing.T) {
	for _, program := range []string{"control", "dataplane"} {
		for _, stdio := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, log-to-stdio = %v", program, stdio), func(t *testing.T) {
				dir := t.TempDir()
				config := filepath.Join(dir, "skydns.toml")
				text := fmt.Sprintf("[Dns]\ndns-domain = \"a.\"\ndns-addr = %q\n[Log]\nlog-dir = %q\nlog-to-stdio = %v\n[Etcd]\ndata-dir = %q\netcd-listen = %q\n[Dataplane]\nsnapshot-dir = %q\n",
					lab.FreePort(t), dir, stdio, filepath.Join(dir, "etcd"), lab.FreePort(t), filepath.Join(dir, "snapshot"))
				if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				p := lab.Start(t, program, "-config-file", config)
				log := filepath.Join(dir, program+".log")
				serves := regexp.MustCompile(`(?m)^\{"level":"info","program":"` + program + `".*"message":"(answering|everything is published)"\}$`)
				lab.Eventually(t, "read "+log, func() error {
					text, err := os.ReadFile(log)
					if err == nil && !serves.Match(text) {
						err = fmt.Errorf("the log is\n%s", text)
					}
					return err
				})
				if code := p.Terminate(t); code != 0 {
					t.Errorf("exit code %d after SIGTERM", code)
				}
				if said := p.Log(); stdio != strings.Contains(said, " INF ") || !stdio && said != "" {
					t.Errorf("stderr has\n%s", said)
				}
			})
		}
	}
}
