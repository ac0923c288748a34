// Command skydns-apicmd shows and changes records over control's REST
// interface, from the command line.
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

// options are the command line.
type options struct {
	addr, token, user string

	list    bool
	show    string
	convert string
	version bool
	output  string

	change
	zoneFile
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

// parse reads the command line. The address and the token may come from the
// environment.
func parse(args []string, getenv func(string) string, stderr io.Writer) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("skydns-apicmd", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are told by run, in one line
	fs.StringVar(&o.addr, "addr", getenv("SKYDNS_API_ADDR"), "the interface's `HOST:PORT`, or its URL; or in SKYDNS_API_ADDR")
	fs.StringVar(&o.token, "token", getenv("SKYDNS_API_TOKEN"), "the `TOKEN` that the interface wants; or in SKYDNS_API_TOKEN")
	fs.StringVar(&o.user, "user", "", "the `USER` who owns what is created, and may change it")
	fs.BoolVar(&o.list, "list", false, "show all names")
	fs.StringVar(&o.show, "show", "", "show `NAME`; x.default also finds x.default.svc of the Kubernetes domain")
	fs.StringVar(&o.domain, "domain", "", "change `NAME`, as -method says")
	fs.StringVar(&o.method, "method", "", "`create`, update or delete")
	fs.StringVar(&o.ips, "ips", "", "addresses `A;B`")
	fs.StringVar(&o.alias, "alias", "", "`NAME` that is an alias of -domain")
	fs.StringVar(&o.rrtype, "type", "", "`TYPE` of the records; by the addresses if not given")
	fs.StringVar(&o.updates, "updates", "", "`ips:OLD->NEW` or alias:OLD->NEW, several with ; between")
	fs.UintVar(&o.ttl, "ttl", 0, "`SECONDS` for which answers may be kept; 0 for the default")
	fs.StringVar(&o.importFile, "import", "", "import a zone from the master file `FILE`; - for standard input")
	fs.StringVar(&o.origin, "origin", "", "`NAME` below which the file's relative names are; if not given, the first domain")
	fs.BoolVar(&o.replace, "replace", false, "remove what the zone has and the file has not")
	fs.StringVar(&o.export, "export", "", "print the zone `NAME` as a master file")
	fs.StringVar(&o.output, "o", "text", "`text` or json")
	fs.StringVar(&o.convert, "convert-config", "", "print `OLD`, a configuration file in the ancestor's form, as TOML")
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
	case o.output != "text" && o.output != "json":
		err = usageError(fmt.Sprintf("-o: want text or json, not %q", o.output))
	}
	if err == nil {
		err = o.zoneFile.check()
	}
	return o, err
}

// execute does the one thing that the command line asks for.
func (o *options) execute(ctx context.Context, stdout io.Writer) error {
	asked := 0
	for _, is := range []bool{o.list, o.show != "", o.domain != "", o.importFile != "", o.export != "", o.convert != "", o.version} {
		if is {
			asked++
		}
	}
	if asked != 1 {
		return usageError("want one of -list, -show, -domain, -import, -export, -convert-config, -version")
	}
	switch {
	case o.version:
		_, err := fmt.Fprintf(stdout, "skydns-apicmd %s\n", configs.Version())
		return err
	case o.convert != "":
		return convert(o.convert, stdout)
	}
	c, err := newClient(o.addr, o.token, o.user)
	if err != nil {
		return err
	}
	switch {
	case o.domain != "":
		return o.change.send(ctx, c, stdout)
	case o.importFile != "":
		return o.zoneFile.load(ctx, c, stdout)
	case o.export != "":
		return o.zoneFile.save(ctx, c, stdout)
	}
	answer, err := c.get(ctx, o.show) // all names where -show is not given
	if err != nil {
		return err
	}
	return printAnswer(stdout, answer, o.output)
}

// convert prints a file in the ancestor's form as TOML.
func convert(path string, stdout io.Writer) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("-convert-config: %w", err)
	}
	converted, err := configs.Convert(path, old)
	if err == nil {
		_, err = stdout.Write(converted)
	}
	return err
}
