package configs

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
)

// DefaultFile is where dataplane and control look for their configuration.
const DefaultFile = "/etc/skydns/skydns.toml"

// Exit codes of every program.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// Load reads the flags that dataplane and control take, -config-file,
// -version and -check-config, beside those that fs has already, and then the
// configuration. A nil Config means that the program is to exit with the code:
// what there was to say has been said on stdout or stderr.
func Load(fs *flag.FlagSet, args []string, stdout, stderr io.Writer) (*Config, int) {
	file := fs.String("config-file", DefaultFile, "read the configuration from `FILE`")
	version := fs.Bool("version", false, "print the version and exit")
	check := fs.Bool("check-config", false, "read the configuration, say what is wrong with it, and exit")
	fs.SetOutput(stderr)
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, ExitDone
	} else if err != nil {
		return nil, ExitUsage
	}
	if fs.NArg() > 0 {
		fmt.Fprintf(stderr, "%s: unexpected argument %q; see %s -help\n", fs.Name(), fs.Arg(0), fs.Name())
		return nil, ExitUsage
	}
	if *version {
		fmt.Fprintf(stdout, "%s %s\n", fs.Name(), Version())
		return nil, ExitDone
	}
	c, err := Read(*file)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return nil, ExitFailed
	}
	if *check {
		fmt.Fprintf(stdout, "%s: no problems\n", *file)
		return nil, ExitDone
	}
	return c, ExitDone
}

// Version is the version of the build: the module's, or the commit.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = s.Value
		}
	}
	return version
}
