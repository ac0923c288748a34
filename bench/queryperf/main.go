// Command queryperf loads a DNS server and says what it takes: it has the
// command line, the input and the summary of ISC's queryperf, and more.
//
//	options.go, usage.go  the command line
//	data.go, expect.go    the queries, and the answers that are right
//	askers.go, run.go     from the options to threads that ask, and their counts
//	asker.go              the loop of a thread
//	window.go, pace.go    which queries wait for answers; when queries are due
//	connect.go, sockets.go, port.go, frames.go
//	                      the ways to the server: kernel sockets, a DPDK port
//	summary.go, rtt.go    what is printed
package main

import (
	"fmt"
	"os"

	"github.com/ipdcode/skydns/configs"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // or an answer was wrong
	exitUsage  = 2
)

func main() { os.Exit(command(os.Args[1:])) }

// command is the program but for its exit, whose code it returns.
func command(args []string) int {
	if code, ok := word(args); ok {
		return code
	}
	o, err := parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "queryperf:", err)
		usage(os.Stderr)
		return exitUsage
	}
	if o.help {
		usage(os.Stdout)
		return exitDone
	}
	if !o.json {
		fmt.Print("\nDNS Query Performance Testing Tool\n\n[Status] Processing input data\n")
	}
	result, err := run(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "queryperf:", err)
		return exitFailed
	}
	if err := result.print(os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "queryperf:", err)
		return exitFailed
	}
	if result.wrong > 0 {
		return exitFailed
	}
	return exitDone
}

// word does what a first argument says that all programs of the project know
// and that is a word, not letters; false if there is none.
func word(args []string) (code int, ok bool) {
	if len(args) == 0 {
		return 0, false
	}
	switch args[0] {
	case "-version", "--version":
		fmt.Println("queryperf", configs.Version())
		return exitDone, true
	case "-check-config", "--check-config":
		fmt.Println("queryperf has no configuration file: nothing is wrong with it")
		return exitDone, true
	case "-config-file", "--config-file":
		fmt.Fprintln(os.Stderr, "queryperf: it has no configuration file: give options, queryperf -h lists them")
		return exitUsage, true
	}
	return 0, false
}
