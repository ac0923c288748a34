// Command skydns-apicmd shows and changes records over control's REST
// interface, and shows how a node is, from the command line.
//
// It prints what it was asked for on stdout and, in one line, what went wrong
// on stderr. Exit codes: 0 done, 1 failed, 2 wrong usage.
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

	"github.com/ipdcode/skydns/configs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: its exit code for a command line and an environment.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	o, err := parse(args, getenv, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return configs.ExitDone
	case err == nil:
		err = o.execute(ctx, stdout)
	}
	if err == nil {
		return configs.ExitDone
	}
	fmt.Fprintf(stderr, "skydns-apicmd: %v\n", err)
	var wrong usageError
	if errors.As(err, &wrong) {
		return configs.ExitUsage
	}
	return configs.ExitFailed
}

// usageError is a command line that asks for nothing that can be done.
type usageError string

func (e usageError) Error() string { return string(e) + "; see skydns-apicmd -help" }

// action is one thing that the command line may ask for.
type action struct {
	flag  string
	asked bool
	do    func(ctx context.Context, stdout io.Writer) error
}

// actions are all of them. Those behind ask need no interface.
func (o *options) actions() []action {
	ask := func(do func(context.Context, *client, io.Writer) error) func(context.Context, io.Writer) error {
		return func(ctx context.Context, stdout io.Writer) error {
			c, err := o.client()
			if err != nil {
				return err
			}
			return do(ctx, c, stdout)
		}
	}
	return []action{
		{"-list", o.list, ask(o.printList)},
		{"-show", o.show != "", ask(o.printName)},
		{"-domain", o.domain != "", ask(o.printResult(o.change.send))},
		{"-import", o.importFile != "", ask(o.printResult(o.zoneFile.load))},
		{"-export", o.export != "", ask(o.zoneFile.save)},
		{"-status", o.status, ask(o.printStatus)},
		{"-convert-config", o.convert != "", o.printConverted},
		{"-check-config", o.check, o.printCheck},
		{"-completion", o.shell != "", o.printCompletion},
		{"-version", o.version, printVersion},
	}
}

// execute does the one thing that the command line asks for.
func (o *options) execute(ctx context.Context, stdout io.Writer) error {
	var asked []action
	all := ""
	for _, a := range o.actions() {
		all += ", " + a.flag
		if a.asked {
			asked = append(asked, a)
		}
	}
	if len(asked) != 1 {
		return usageError("want one of " + all[2:])
	}
	return asked[0].do(ctx, stdout)
}

func printVersion(_ context.Context, stdout io.Writer) error {
	_, err := fmt.Fprintf(stdout, "skydns-apicmd %s\n", configs.Version())
	return err
}

// printCheck says what is wrong with a configuration file.
func (o *options) printCheck(_ context.Context, stdout io.Writer) error {
	file := or(o.configFile, configs.DefaultFile)
	if _, err := configs.Read(file); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "%s: no problems\n", file)
	return err
}

// printConverted prints a file in the ancestor's form as TOML.
func (o *options) printConverted(_ context.Context, stdout io.Writer) error {
	old, err := os.ReadFile(o.convert)
	if err != nil {
		return fmt.Errorf("-convert-config: %w", err)
	}
	converted, err := configs.Convert(o.convert, old)
	if err == nil {
		_, err = stdout.Write(converted)
	}
	return err
}
