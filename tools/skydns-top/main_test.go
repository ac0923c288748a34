package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
	"github.com/ipdcode/skydns/dataplane/stats"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

const token = "secret"

// busy runs a statistics server of two cores that answer until the test ends.
func busy(t *testing.T) (addr string) {
	t.Helper()
	cores := []*stats.Core{new(stats.Core), new(stats.Core)}
	drops := new(netio.Drops)
	s, err := stats.NewServer(stats.Config{
		Addr: "127.0.0.1:0", Token: func() string { return token }, Snapshot: new(stats.Snapshot), Sources: []stats.Source{
			{Core: 2, Counters: cores[0], Drops: drops}, {Core: 10, Counters: cores[1], Drops: drops},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		b := &engine.Batch{N: 2}
		b.Msg[0] = []byte("\x00\x01\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01")
		b.Msg[1] = b.Msg[0]
		b.Verdict[1] = engine.NXDomain
		for {
			for _, c := range cores {
				c.Begin(b.N)
				c.CountBatch(b)
				c.End(b.N)
			}
			drops.Add(netio.DropOverflow, 1)
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Microsecond):
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-stopped
		s.Close()
	})
	return s.Addr().String()
}

func noEnv(string) string { return "" }

// TestOnce verifies what is printed of a server that is at work.
func TestOnce(t *testing.T) {
	addr := busy(t)
	var stdout, stderr bytes.Buffer
	env := func(key string) string { return map[string]string{"SKYDNS_STATS_ADDR": addr}[key] }
	if code := run(t.Context(), []string{"-once", "-interval", "100ms", "-token", token}, env, &stdout, &stderr); code != configs.ExitDone {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	for _, want := range []string{"skydns-top  " + addr, "CORE ", "\n2  ", "\n10  ", "\nanswered ", "\nnxdomain ", "\noverflow ", "\nwww.example. "} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("lacks %q:\n%s", want, &stdout)
		}
	}
	if strings.Index(stdout.String(), "\n2  ") > strings.Index(stdout.String(), "\n10  ") {
		t.Error("the cores are not in order")
	}
	if strings.Contains(stdout.String(), "refused ") && strings.Contains(stdout.String(), "servfail") {
		t.Errorf("shows what did not happen:\n%s", &stdout)
	}
}

// TestWithoutToken verifies that a wrong token costs the names alone.
func TestWithoutToken(t *testing.T) {
	addr := busy(t)
	for tok, want := range map[string]string{"": "VERDICT", "wrong": "refuses the token"} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{"-addr", addr, "-token", tok, "-once", "-interval", "10ms"}, noEnv, &stdout, &stderr); code != configs.ExitDone {
			t.Fatalf("exit code %d: %s", code, &stderr)
		}
		if !strings.Contains(stdout.String(), want) || strings.Contains(stdout.String(), "www.example") {
			t.Errorf("token %q:\n%s", tok, &stdout)
		}
	}
}

// TestFailures verifies the exit code, and that what is wrong is one line.
func TestFailures(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	l.Close()
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"nobody there":   {[]string{"-addr", free, "-once"}, configs.ExitFailed, "is dataplane running"},
		"no terminal":    {[]string{"-addr", free}, configs.ExitFailed, "-once"},
		"no address":     {nil, configs.ExitUsage, "-addr"},
		"unknown flag":   {[]string{"-x"}, configs.ExitUsage, "-x"},
		"too often":      {[]string{"-addr", free, "-interval", "1ms"}, configs.ExitUsage, "-interval"},
		"extra argument": {[]string{"-addr", free, "x"}, configs.ExitUsage, `"x"`},
		"names below 0":  {[]string{"-addr", free, "-names", "-1"}, configs.ExitUsage, "-names"},
		"help":           {[]string{"-help"}, configs.ExitDone, "-interval"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			if code := run(t.Context(), c.args, noEnv, io.Discard, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(stderr.String(), c.want) || c.code != 0 && strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("stderr %q, want one line with %q", &stderr, c.want)
			}
		})
	}
}

// TestRedraw verifies that the screen is drawn again and again, and that a
// server that is gone is said to be.
func TestRedraw(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	for addr, want := range map[string]string{busy(t): "VERDICT", gone: "is dataplane running"} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		r, w := io.Pipe()
		ended := make(chan error)
		go func() {
			err := redraw(ctx, &options{addr: addr, interval: 10 * time.Millisecond}, w, func() (int, int) { return 80, 24 })
			w.Close()
			ended <- err
		}()
		text := make([]byte, 1<<16)
		for seen := ""; strings.Count(seen, want) < 2; {
			n, err := r.Read(text)
			if err != nil {
				t.Fatalf("the screen shows no %q: %.500q", want, seen)
			}
			seen += string(text[:n])
		}
		cancel()
		go io.Copy(io.Discard, r)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// TestDraw verifies that nothing goes beyond the screen.
func TestDraw(t *testing.T) {
	var out bytes.Buffer
	draw(&out, []string{"title", "", "HEAD µs and more", "row", "too far"}, func() (int, int) { return 7, 5 })
	want := home + bold + "title" + plain + toEnd + "\r\n" + toEnd + "\r\n" + bold + "HEAD µs" + plain + toEnd + "\r\n" + "row" + toEnd + "\r\n" + below
	if out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}

// TestUntilQuit verifies which keys end the program.
func TestUntilQuit(t *testing.T) {
	for _, keys := range []string{"xyq", "\x03", "x\x04", ""} {
		quits := 0
		untilQuit(strings.NewReader(keys), func() { quits++ })
		if quits != 1 {
			t.Errorf("keys %q: %d times quit", keys, quits)
		}
	}
}
