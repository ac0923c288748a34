package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// options is the command line. Those of ISC's queryperf mean here what they
// mean there; capital letters that it does not have are ours.
type options struct {
	data        string // file of queries; "" is stdin
	server      string // name or address
	port        int
	outstanding int // most queries without an answer, of all threads together
	timeout     time.Duration
	limit       time.Duration // 0: none
	once        bool
	times       int  // through the data; 0: as limit and once say
	ignore      bool // directives in the data
	buffer      int  // of each socket, octets; 0: the default
	interval    time.Duration
	family      string // inet, inet6, any
	rate        float64
	rows        int           // of the file of RTTs
	unit        time.Duration // of a row
	histogram   string        // file
	edns, do    bool
	noRD        bool
	rcodes      bool
	expected    string // file
	verbose     bool
	help        bool

	clients []netip.Addr // addresses to ask from; none: the system's choice
	ports   int          // at each of them
	threads int
	cores   []int
	json    bool
	eal     string // arguments of DPDK; with them DPDK is the way to the server
	device  string // DPDK's name of the port
	mac     string // of the server, or of the router to it

	given map[byte]bool
}

func defaults() *options {
	return &options{
		server: "localhost", port: 53, outstanding: 20, timeout: 5 * time.Second, family: "any",
		rows: 50_000, unit: 100 * time.Microsecond, ports: 1, threads: 1, mac: "02:00:00:00:00:01",
		given: map[byte]bool{},
	}
}

// argument says whether an option takes one.
type argument int

const (
	none argument = iota
	required
	optional // taken where it looks like one
)

// option is one letter of the command line.
type option struct {
	letter   byte
	argument argument
	name     string // of the argument
	help     string
	set      func(o *options, value string) error

	// fits says whether the next word is the optional argument.
	fits func(word string) bool
}

// find is the option of a letter.
func find(letter byte) *option {
	for i := range all {
		if all[i].letter == letter {
			return &all[i]
		}
	}
	return nil
}

// parse reads a command line as getopt(3) does: -q 20, -q20, -1eD.
func parse(args []string) (*options, error) {
	o := defaults()
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if len(word) < 2 || word[0] != '-' {
			return nil, fmt.Errorf("unexpected argument %q", word)
		}
		for letters := word[1:]; letters != ""; {
			opt := find(letters[0])
			if opt == nil {
				return nil, fmt.Errorf("unknown option -%c", letters[0])
			}
			value := ""
			letters = letters[1:]
			switch {
			case opt.argument == required && letters == "" && len(args) == 0:
				return nil, fmt.Errorf("option -%c wants an argument: %s", opt.letter, opt.name)
			case opt.argument == required && letters == "",
				opt.argument == optional && letters == "" && len(args) > 0 && opt.fits(args[0]):
				value, args = args[0], args[1:]
			case opt.argument == required, opt.argument == optional && opt.fits(letters):
				value, letters = letters, ""
			}
			if err := opt.set(o, value); err != nil {
				return nil, fmt.Errorf("option -%c: %w", opt.letter, err)
			}
			o.given[opt.letter] = true
		}
	}
	return o, o.check()
}

// check is what is wrong with options that are right each by itself.
func (o *options) check() error {
	switch {
	case o.limit == 0 && o.rate > 0 && o.times == 0 && !o.once:
		o.once = true
	case o.once && o.times > 1:
		return errors.New("options -1 and -n N contradict each other: leave one out")
	case o.eal != "" && o.threads > 1:
		return errors.New("options -E and -W: one thread drives a DPDK port: start one queryperf for each")
	case o.eal != "" && len(o.clients) == 0:
		return errors.New("option -E wants the clients' addresses (-A), such as -A 198.18.0.0/24")
	case len(o.cores) > 0 && len(o.cores) != o.threads:
		return fmt.Errorf("option -K names %d cores for %d threads (-W): name one for each", len(o.cores), o.threads)
	}
	return nil
}

// number reads a number from least to most.
func number(value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("want a number from %d to %d, not %q", least, most, value)
	}
	return n, nil
}

// seconds reads seconds, which may have a fraction.
func seconds(value string) (time.Duration, error) {
	s, err := strconv.ParseFloat(value, 64)
	if err != nil || s <= 0 || s > 1e6 {
		return 0, fmt.Errorf("want seconds above 0, not %q", value)
	}
	return time.Duration(s * float64(time.Second)), nil
}

// maxClients bounds the addresses of a prefix.
const maxClients = 1 << 16

// addresses reads addresses and prefixes with commas between. A prefix stands
// for all addresses in it but, of IPv4, the first and the last.
func addresses(value string) ([]netip.Addr, error) {
	var all []netip.Addr
	for word := range strings.SplitSeq(value, ",") {
		if a, err := netip.ParseAddr(word); err == nil {
			all = append(all, a)
			continue
		}
		p, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, fmt.Errorf("want addresses and prefixes, such as 127.0.0.1,198.18.0.0/24, not %q", word)
		}
		p = p.Masked()
		a := p.Addr()
		if p.Bits() < p.Addr().BitLen()-1 {
			a = a.Next()
		}
		for ; p.Contains(a); a = a.Next() {
			whole := p.Bits() >= p.Addr().BitLen()-1 || a.Is6()
			if len(all) == maxClients || !whole && !p.Contains(a.Next()) {
				break
			}
			all = append(all, a)
		}
	}
	return all, nil
}
