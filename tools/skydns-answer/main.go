// Command skydns-answer answers a query with dataplane's engine, without a
// server: from a master file, from a snapshot, or from cases on standard input.
//
// A positive answer comes with the zone's NS and the addresses of the hosts that
// it names, as servers of the old school send it; -minimal leaves them out, as
// dataplane does.
//
// It prints replies on stdout and, in one line, what went wrong on stderr.
// Exit codes: 0 done, 1 failed, 2 wrong usage.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/ipdcode/skydns/configs"
	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/tools/offline"
)

// maxRecords is how many records a zone may have.
const maxRecords = 10_000_000

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, stop))
}

// options are the command line.
type options struct {
	zone, origin, snapshot string
	jsonl, version         bool
	minimal                bool
	question
}

// config is the engine's.
func (o *options) config() engine.Config { return engine.Config{Full: !o.minimal} }

// run is the program: its exit code. A signal on stop ends it between two
// cases.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, stop <-chan os.Signal) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return configs.ExitDone
	case err != nil:
	case o.version:
		_, err = fmt.Fprintf(stdout, "skydns-answer %s\n", configs.Version())
	case o.jsonl:
		err = answerCases(stdin, stdout, o.config(), stop)
	default:
		err = o.answer(stdout)
	}
	if err == nil {
		return configs.ExitDone
	}
	fmt.Fprintf(stderr, "skydns-answer: %v\n", err)
	var wrong usageError
	if errors.As(err, &wrong) {
		return configs.ExitUsage
	}
	return configs.ExitFailed
}

// usageError is a command line that cannot be understood.
type usageError string

func (e usageError) Error() string { return string(e) + " (-help lists the flags)" }

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("skydns-answer", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are told by run, in one line
	fs.StringVar(&o.zone, "zone", "", "answer from the master file `FILE`")
	fs.StringVar(&o.origin, "origin", "", "`NAME` below which the file's relative names are, until it says $ORIGIN")
	fs.StringVar(&o.snapshot, "snapshot", "", "answer from a snapshot: its `FILE|DIR`")
	fs.BoolVar(&o.jsonl, "jsonl", false, "answer the cases on stdin, one JSON object a line")
	fs.BoolVar(&o.minimal, "minimal", false, "leave out what dataplane does: NS and addresses beside positive answers")
	fs.StringVar(&o.name, "q", "", "ask for `NAME`")
	fs.StringVar(&o.qtype, "t", "A", "ask for `TYPE`")
	fs.StringVar(&o.class, "class", "IN", "ask in `CLASS`")
	fs.IntVar(&o.size, "edns", 0, "send an OPT that announces `SIZE` octets; 0: none")
	fs.BoolVar(&o.do, "dnssec", false, "set the DO bit, in an OPT of 1232 octets where -edns gives none")
	fs.BoolVar(&o.rd, "recurse", false, "set the RD bit")
	fs.BoolVar(&o.stream, "tcp", false, "ask as over TCP")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(stderr)
		fs.Usage()
		return o, err
	case err != nil:
		return o, usageError(err.Error())
	case fs.NArg() > 0:
		return o, usageError(fmt.Sprintf("unexpected argument %q", fs.Arg(0)))
	}
	return o, o.check()
}

// check wants exactly one source of answers, and a question for files.
func (o *options) check() error {
	sources := 0
	for _, is := range []bool{o.zone != "", o.snapshot != "", o.jsonl, o.version} {
		if is {
			sources++
		}
	}
	switch {
	case sources != 1:
		return usageError("want one of -zone, -snapshot, -jsonl, -version")
	case o.name == "" && !o.jsonl && !o.version:
		return usageError("want -q NAME")
	}
	return nil
}

// answer prints the reply to the one question of the command line.
func (o *options) answer(stdout io.Writer) error {
	query, err := o.pack()
	if err != nil {
		return usageError(err.Error())
	}
	server, err := o.server()
	if err != nil {
		return err
	}
	defer server.Close()
	return o.print(stdout, o.zone+o.snapshot, server.Ask(query, o.stream))
}

// server is what the command line says to answer from.
func (o *options) server() (*offline.Server, error) {
	if o.snapshot != "" {
		return offline.Open(o.snapshot, o.config())
	}
	f, err := os.Open(o.zone)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zonefile.Read(f, o.origin, maxRecords)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.zone, err)
	}
	s, err := offline.New(o.config())
	if err != nil {
		return nil, err
	}
	if err := s.Load(z); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", o.zone, err), s.Close())
	}
	return s, nil
}
