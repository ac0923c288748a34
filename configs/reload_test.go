package configs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// program is the keys of a program of these tests.
var program = Keys{Live: []string{"Log.log-level", "Fun"}, Fixed: []string{"Dns"}}

func TestWith(t *testing.T) {
	for _, c := range []struct {
		name        string
		change      func(*Config)
		live, fixed []string
		randomOne   bool
	}{
		{"nothing", func(*Config) {}, nil, nil, false},
		{"a section that is live", func(c *Config) { c.Fun.RandomOne = true }, []string{"Fun.random-one"}, nil, true},
		{"a key that is live", func(c *Config) { c.Log.Level = 3 }, []string{"Log.log-level"}, nil, false},
		{"what wants a restart", func(c *Config) { c.Dns.CacheSize = 7 }, nil, []string{"Dns.cacheSize"}, false},
		{"what others read", func(c *Config) { c.Etcd.Username = "x"; c.Log.Dir = "x" }, nil, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			old, other := Default(), Default()
			c.change(other)
			next, live, fixed := old.with(other, program)
			if !slices.Equal(live, c.live) || !slices.Equal(fixed, c.fixed) {
				t.Errorf("live %v, fixed %v", live, fixed)
			}
			if next.Fun.RandomOne != c.randomOne || next.Dns.CacheSize != old.Dns.CacheSize || old.Fun.RandomOne {
				t.Errorf("the copy is %+v", next)
			}
		})
	}
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestFollow verifies what a SIGHUP does: a right file takes effect, a wrong
// one does not, and the log tells.
func TestFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "skydns.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("[Dns]\ndns-domain = \"a.\"\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	c, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var said lockedBuffer
	applied := make(chan *Config, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	_, out, err := OpenLog(Log{}, "test")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(ended)
		Follow(ctx, path, c, program, out, zerolog.New(&said), func(c *Config) { applied <- c })
	}()
	hup := func(want string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !strings.Contains(said.String(), want); time.Sleep(time.Millisecond) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil || time.Now().After(end) {
				t.Fatalf("%v; the log says %s", err, said.String())
			}
		}
	}
	ignoreHUP(t)
	write("cacheSize = 7\n[Fun]\nrandom-one = true\n[Log]\nlog-level = \"error\"\n")
	hup(`"keys":["Dns.cacheSize"]`)
	if next := <-applied; !next.Fun.RandomOne || next.Dns.CacheSize == 7 {
		t.Errorf("applied %+v", next)
	}
	if !strings.Contains(said.String(), `"changed":["Log.log-level","Fun.random-one"]`) {
		t.Errorf("the log says %s", said.String())
	}
	write("nonsense = 1\n")
	hup(path + ":3: ")
	cancel()
	<-ended
}

// ignoreHUP keeps a signal that comes before Follow listens from ending the test.
func ignoreHUP(t *testing.T) {
	t.Helper()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(signals) })
}

// TestRotation verifies that a file that is full makes room for another, and
// how many stay.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	_, out, err := OpenLog(Log{Dir: dir}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	out.max = 10
	for i := range 2 * keptLogs {
		fmt.Fprintf(out, "line %03d\n", i)
	}
	for i := range keptLogs {
		name := filepath.Join(dir, "test.log")
		if i > 0 {
			name += fmt.Sprint(".", i)
		}
		text, err := os.ReadFile(name)
		if want := fmt.Sprintf("line %03d\n", 2*keptLogs-1-i); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v, want %q", name, text, err, want)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1+keptLogs {
		t.Errorf("%q are there", names)
	}
	if err := os.Truncate(filepath.Join(dir, "test.log"), 0); err != nil { // logrotate's copytruncate
		t.Fatal(err)
	}
	fmt.Fprintln(out, "next")
	if text, _ := os.ReadFile(filepath.Join(dir, "test.log")); string(text) != "next\n" {
		t.Errorf("after a truncation: %q", text)
	}
}
