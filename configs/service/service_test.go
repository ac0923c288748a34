package service

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// manager listens as systemd does, and returns the states it is told.
func manager(t *testing.T, path string) <-chan string {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: strings.Replace(path, "@", "\x00", 1), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	told := make(chan string, 100)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			told <- string(buf[:n])
		}
	}()
	return told
}

// await waits until the manager is told want.
func await(t *testing.T, told <-chan string, want string) {
	t.Helper()
	for end := time.After(patience); ; {
		select {
		case got := <-told:
			if got == want {
				return
			}
		case <-end:
			t.Fatalf("the manager is not told %q", want)
		}
	}
}

// TestNotify verifies both kinds of socket.
func TestNotify(t *testing.T) {
	for name, path := range map[string]string{
		"path":          filepath.Join(t.TempDir(), "notify"),
		"abstract name": "@skydns-test-" + strconv.FormatInt(time.Now().UnixNano(), 36),
	} {
		t.Run(name, func(t *testing.T) {
			told := manager(t, path)
			if err := Notify("READY=1"); err != nil {
				t.Fatal(err)
			}
			await(t, told, "READY=1")
		})
	}
}

// TestNobodyAsks verifies that nothing is done without a manager, and that one
// that does not listen is an error.
func TestNobodyAsks(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	if err := Notify("READY=1"); err != nil {
		t.Error(err)
	}
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "none"))
	if err := Notify("READY=1"); err == nil {
		t.Error("no error although nobody listens")
	}
}

// TestWatchdog verifies whose watchdog it is.
func TestWatchdog(t *testing.T) {
	for name, c := range map[string]struct {
		usec, pid string
		want      time.Duration
	}{
		"none":        {"", "", 0},
		"any process": {"3000000", "", 3 * time.Second},
		"another's":   {"3000000", "1", 0},
		"no number":   {"soon", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("WATCHDOG_USEC", c.usec)
			t.Setenv("WATCHDOG_PID", c.pid)
			if got := Watchdog(); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestKeepAlive verifies the course of a life: ready, alive, stuck, alive again, stopping.
func TestKeepAlive(t *testing.T) {
	told := manager(t, filepath.Join(t.TempDir(), "notify"))
	t.Setenv("WATCHDOG_USEC", "3000")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stuck atomic.Bool
	ended := make(chan error)
	go func() {
		ended <- KeepAlive(ctx, func() error {
			if stuck.Load() {
				return errors.New("core 3 does not turn")
			}
			return nil
		})
	}()
	await(t, told, "READY=1\nSTATUS=serving")
	await(t, told, "WATCHDOG=1")
	stuck.Store(true)
	await(t, told, "STATUS=stuck: core 3 does not turn")
	stuck.Store(false)
	await(t, told, "WATCHDOG=1\nSTATUS=serving")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	await(t, told, "STOPPING=1")
}
