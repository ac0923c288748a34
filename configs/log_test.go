package configs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"
)

// TestLogIsNotForAll verifies that a log, which says who changed what, is not
// for every user of the machine, neither when it is made nor when it is rotated.
func TestLogIsNotForAll(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := filepath.Join(t.TempDir(), "log")
	_, out, err := OpenLog(Log{Dir: dir}, "control")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	out.max = 1
	fmt.Fprintln(out, "audit")
	fmt.Fprintln(out, "audit")
	for name, want := range map[string]os.FileMode{"": 0o750, "control.log": 0o640, "control.log.1": 0o640} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("log/%s: mode %o, want %o", name, got, want)
		}
	}
}

// TestAuditWhateverTheLevel verifies that no level leaves out lines that have
// none.
func TestAuditWhateverTheLevel(t *testing.T) {
	for _, level := range []string{"trace", "info", "panic", "disabled"} {
		t.Run(level, func(t *testing.T) {
			c, err := Parse("f", []byte(valid+"[Log]\nlog-level = \""+level+"\"\n"))
			if err != nil {
				t.Fatal(err)
			}
			c.Log.Dir = t.TempDir()
			log, out, err := OpenLog(Log{Dir: c.Log.Dir, Level: c.Log.Level}, "control")
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			log.Log().Str(zerolog.LevelFieldName, "audit").Msg("records changed")
			text, err := os.ReadFile(filepath.Join(c.Log.Dir, "control.log"))
			if err != nil || !strings.Contains(string(text), "records changed") {
				t.Errorf("%v: %q", err, text)
			}
		})
	}
}
