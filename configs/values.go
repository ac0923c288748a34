package configs

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/rs/zerolog"
)

// List is texts: an array of them, or one text with commas between.
type List []string

// UnmarshalTOML reads a List.
func (l *List) UnmarshalTOML(v any) error {
	texts, err := texts(v, ",")
	if err == nil {
		*l = texts
	}
	return err
}

// Args is command-line arguments: an array of texts, or one text with spaces
// between.
type Args []string

// UnmarshalTOML reads Args.
func (a *Args) UnmarshalTOML(v any) error {
	texts, err := texts(v, " ")
	if err == nil {
		*a = texts
	}
	return err
}

// texts gives an array of texts, or the parts of one text between any of the
// octets of seps, without surrounding space and empty parts.
func texts(v any, seps string) ([]string, error) {
	var parts []string
	switch v := v.(type) {
	case string:
		parts = strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(seps, r) })
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, fmt.Errorf("want texts in the list, not %v", e)
			}
			parts = append(parts, s)
		}
	default:
		return nil, fmt.Errorf("want a text in quotes or a list of them, not %v", v)
	}
	full := make([]string, 0, len(parts))
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			full = append(full, p)
		}
	}
	return full, nil
}

// AddrPorts is addresses with ports, such as 0.0.0.0:53 or [::1]:53.
type AddrPorts []netip.AddrPort

// UnmarshalTOML reads AddrPorts from a List.
func (a *AddrPorts) UnmarshalTOML(v any) error {
	list, err := texts(v, ",")
	if err != nil {
		return err
	}
	addrs := make(AddrPorts, 0, len(list))
	for _, s := range list {
		ap, err := netip.ParseAddrPort(s)
		if err != nil || ap.Port() == 0 {
			return fmt.Errorf("want IP:port with a port from 1 to 65535, not %q", s)
		}
		addrs = append(addrs, ap)
	}
	*a = addrs
	return nil
}

// Prefixes is addresses with the length of their prefix, such as 192.0.2.1/24.
type Prefixes []netip.Prefix

// UnmarshalTOML reads Prefixes from a List.
func (p *Prefixes) UnmarshalTOML(v any) error {
	list, err := texts(v, ",")
	if err != nil {
		return err
	}
	prefixes := make(Prefixes, 0, len(list))
	for _, s := range list {
		pfx, err := netip.ParsePrefix(s)
		if err != nil {
			return fmt.Errorf("want an address with its prefix length, such as 192.0.2.1/24, not %q", s)
		}
		prefixes = append(prefixes, pfx)
	}
	*p = prefixes
	return nil
}

// KeyPath is the path above a group of etcd keys: it begins and ends with a
// slash, whether it is written with the last one or not.
type KeyPath string

// UnmarshalTOML reads a KeyPath.
func (k *KeyPath) UnmarshalTOML(v any) error {
	s, ok := v.(string)
	if !ok || !strings.HasPrefix(s, "/") || strings.Trim(s, "/") == "" {
		return fmt.Errorf("want a path such as %q, not %v", "/skydns/monitor/status/", v)
	}
	*k = KeyPath(strings.TrimRight(s, "/") + "/")
	return nil
}

// Level is a level of the log: 0 to 5, or debug, info, warn, error, fatal,
// panic, the same in this order; also trace and disabled.
type Level zerolog.Level

// UnmarshalTOML reads a Level.
func (l *Level) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case int64:
		if v >= int64(zerolog.DebugLevel) && v <= int64(zerolog.PanicLevel) {
			*l = Level(v)
			return nil
		}
	case string:
		if level, err := zerolog.ParseLevel(strings.ToLower(v)); err == nil && v != "" {
			*l = Level(level)
			return nil
		}
	}
	return fmt.Errorf("want 0 to 5, or one of debug, info, warn, error, fatal, panic, not %v", v)
}

// Cores is numbers of CPU cores, each once, as written.
type Cores []int

// MaxCore is the highest number of a core.
const MaxCore = 1023

// UnmarshalTOML reads Cores: [0, 1], or a text such as "0,2-3".
func (c *Cores) UnmarshalTOML(v any) error {
	var cores Cores
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n, ok := e.(int64)
			if !ok || n < 0 || n > MaxCore {
				return fmt.Errorf("want numbers of cores from 0 to %d, not %v", MaxCore, e)
			}
			cores = append(cores, int(n))
		}
	case string:
		var err error
		if cores, err = parseCores(v); err != nil {
			return err
		}
	default:
		return fmt.Errorf(`want a list such as [0, 1] or "0,2-3", not %v`, v)
	}
	seen := map[int]bool{}
	for _, n := range cores {
		if seen[n] {
			return fmt.Errorf("core %d is named twice", n)
		}
		seen[n] = true
	}
	*c = cores
	return nil
}

// parseCores reads numbers and ranges with commas between.
func parseCores(s string) (Cores, error) {
	var cores Cores
	parts, err := texts(s, ",")
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		low, high, isRange := strings.Cut(part, "-")
		first, err := coreNumber(low)
		last := first
		if isRange && err == nil {
			last, err = coreNumber(high)
		}
		if err != nil || last < first {
			return nil, fmt.Errorf(`want numbers of cores from 0 to %d and ranges, such as "0,2-3", not %q`, MaxCore, part)
		}
		for n := first; n <= last; n++ {
			cores = append(cores, n)
		}
	}
	return cores, nil
}

var errCore = errors.New("not the number of a core")

func coreNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > MaxCore {
		return 0, errCore
	}
	return n, nil
}
