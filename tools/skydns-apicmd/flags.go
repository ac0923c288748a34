package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/ipdcode/skydns/configs"
)

// options are the command line.
type options struct {
	connection
	user string

	list    bool
	show    string
	status  bool
	convert string
	version bool
	check   bool
	shell   string // that -completion is for
	output  string

	change
	zoneFile
}

// flags are the flags of the command line, which are read into the options. The
// address and the token may come from the environment.
func flags(getenv func(string) string) (*flag.FlagSet, *options) {
	o := &options{}
	fs := flag.NewFlagSet("skydns-apicmd", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are told by run, in one line
	fs.StringVar(&o.addr, "addr", getenv("SKYDNS_API_ADDR"), "the interface's `HOST:PORT`, or its URL; or in SKYDNS_API_ADDR")
	fs.StringVar(&o.token, "token", getenv("SKYDNS_API_TOKEN"), "the `TOKEN` that the interface wants; or in SKYDNS_API_TOKEN")
	fs.StringVar(&o.ca, "ca", "", "trust the certificates in `FILE`, besides those of the system, where the URL is https")
	fs.StringVar(&o.configFile, "config-file", "", "read from `FILE`, a node's skydns.toml, what -addr, -token, -ca, -stats-addr and -stats-token do not say")
	fs.StringVar(&o.user, "user", "", "the `USER` who owns what is created, and may change it")
	fs.BoolVar(&o.list, "list", false, "show all names")
	fs.StringVar(&o.show, "show", "", "show `NAME`; x.default also finds x.default.svc of the Kubernetes domain")
	fs.BoolVar(&o.status, "status", false, "show how the node is; exit code 1 if something is wrong")
	fs.StringVar(&o.statsAddr, "stats-addr", "", "of -status: `HOST:PORT` of dataplane's statistics")
	fs.StringVar(&o.statsToken, "stats-token", "", "of -status: the `TOKEN` that they want")
	o.change.flags(fs)
	o.zoneFile.flags(fs)
	fs.StringVar(&o.output, "o", "text", "`text` or json")
	fs.StringVar(&o.convert, "convert-config", "", "print `OLD`, a configuration file in the ancestor's form, as TOML")
	fs.StringVar(&o.shell, "completion", "", "print a script that completes this command line in `bash`, zsh or fish")
	fs.BoolVar(&o.check, "check-config", false, "read the file of -config-file, say what is wrong with it, and exit")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")
	return fs, o
}

// parse reads the command line.
func parse(args []string, getenv func(string) string, stderr io.Writer) (*options, error) {
	fs, o := flags(getenv)
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

// connection is which interface to speak to, and which statistics to ask for.
type connection struct {
	addr, token, ca       string
	statsAddr, statsToken string
	configFile            string
}

// complete takes what the command line does not say from the configuration
// file, if one is named.
func (c *connection) complete() error {
	if c.configFile == "" {
		return nil
	}
	config, err := configs.Read(c.configFile)
	if err != nil {
		return err
	}
	if c.addr == "" {
		c.addr = reachable(config.SkydnsApi.Address)
		if config.SkydnsApi.CertFile != "" {
			c.addr = "https://" + c.addr
			c.ca = or(c.ca, config.SkydnsApi.CertFile)
		}
	}
	c.token = or(c.token, config.SkydnsApi.Token)
	if c.statsAddr == "" && config.Stats.Server != "" {
		c.statsAddr = reachable(config.Stats.Server)
	}
	c.statsToken = or(c.statsToken, config.Stats.Token)
	return nil
}

// or is s, or what stands for it where it is empty.
func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}
