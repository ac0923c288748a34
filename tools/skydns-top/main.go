// Command skydns-top shows what the cores of a dataplane do, as top does for
// processes: queries a second, what became of them, how long turns take, what
// is dropped, and the names that are asked for most.
//
//	main.go    the command line
//	sample.go  reading the statistics server
//	rates.go   two samples → what happened between them
//	view.go    that as lines of text
//	screen.go  the terminal
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ipdcode/skydns/configs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are the command line.
type options struct {
	addr, token string
	interval    time.Duration
	names       int
	once        bool
	version     bool
}

// usageError is a command line that asks for nothing that can be done.
type usageError string

func (e usageError) Error() string { return string(e) + "; see skydns-top -help" }

// run is the program: its exit code for a command line and an environment.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	o, err := parse(args, getenv, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return configs.ExitDone
	case err == nil && o.version:
		fmt.Fprintln(stdout, "skydns-top", configs.Version())
	case err == nil && o.once:
		err = printOnce(ctx, o, stdout)
	case err == nil:
		err = showAlways(ctx, o)
	}
	if err == nil {
		return configs.ExitDone
	}
	fmt.Fprintf(stderr, "skydns-top: %v\n", err)
	var wrong usageError
	if errors.As(err, &wrong) {
		return configs.ExitUsage
	}
	return configs.ExitFailed
}

// parse reads the command line. The address and the token may come from the
// environment.
func parse(args []string, getenv func(string) string, stderr io.Writer) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("skydns-top", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are told by run, in one line
	fs.StringVar(&o.addr, "addr", getenv("SKYDNS_STATS_ADDR"), "`HOST:PORT` of the dataplane's statistics (statsServer); or in SKYDNS_STATS_ADDR")
	fs.StringVar(&o.token, "token", getenv("SKYDNS_STATS_TOKEN"), "the `TOKEN` that the names want (statsServerAuthToken); or in SKYDNS_STATS_TOKEN")
	fs.DurationVar(&o.interval, "interval", time.Second, "`TIME` from one sample to the next")
	fs.IntVar(&o.names, "names", 10, "how many of the names that are asked for most, with a token")
	fs.BoolVar(&o.once, "once", false, "print one interval as text and exit")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(stderr)
		fs.Usage()
	case err != nil:
		err = usageError(err.Error())
	case fs.NArg() > 0:
		err = usageError(fmt.Sprintf("unexpected argument %q", fs.Arg(0)))
	case o.addr == "" && !o.version:
		err = usageError("-addr is missing: give the statsServer of dataplane's configuration")
	case o.interval < 10*time.Millisecond:
		err = usageError("-interval: want 10ms or more")
	case o.names < 0:
		err = usageError("-names: want 0 or more")
	}
	return o, err
}

// printOnce prints what happens in one interval.
func printOnce(ctx context.Context, o *options, stdout io.Writer) error {
	source := newSource(o)
	before, err := source.read(ctx)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(o.interval):
	}
	after, err := source.read(ctx)
	if err != nil {
		return err
	}
	for _, line := range view(o.addr, between(before, after)) {
		fmt.Fprintln(stdout, line)
	}
	return nil
}
