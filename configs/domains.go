package configs

import (
	"fmt"
	"net/netip"
	"strings"
)

// Domain is a domain name in lower case with its last dot.
type Domain string

// UnmarshalTOML reads a Domain, written with or without the last dot.
func (d *Domain) UnmarshalTOML(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("want a domain name in quotes, not %v", v)
	}
	if s == "" {
		*d = ""
		return nil
	}
	name, err := domain(s)
	if err == nil {
		*d = Domain(name)
	}
	return err
}

// Domains is domain names in lower case with their last dots, each once: a
// List, or the ancestor's form with % between.
type Domains []string

// UnmarshalTOML reads Domains.
func (d *Domains) UnmarshalTOML(v any) error {
	list, err := texts(v, ",%")
	if err != nil {
		return err
	}
	names := make(Domains, 0, len(list))
	seen := map[string]bool{}
	for _, s := range list {
		name, err := domain(s)
		if err != nil {
			return err
		}
		if seen[name] {
			return fmt.Errorf("domain %s is named twice", name)
		}
		seen[name] = true
		names = append(names, name)
	}
	*d = names
	return nil
}

// domain checks a domain name by the lengths of RFC 1035 section 2.3.4, and
// for characters that no domain of a configuration has.
func domain(s string) (string, error) {
	name := strings.ToLower(strings.TrimSuffix(s, "."))
	if len(name) > 253 {
		return "", fmt.Errorf("%q is longer than a domain name can be (253 characters)", s)
	}
	for label := range strings.SplitSeq(name, ".") {
		if len(label) == 0 || len(label) > 63 {
			return "", fmt.Errorf("%q is no domain name: a part between dots has 1 to 63 characters", s)
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return "", fmt.Errorf("%q is no domain name: %q is not a letter, digit, - or _", s, c)
			}
		}
	}
	return name + ".", nil
}

// Nameservers is who is asked about other zones.
type Nameservers struct {
	None    bool             // nobody: the answer is REFUSED
	Servers []netip.AddrPort // empty and not None: those of /etc/resolv.conf
}

// UnmarshalTOML reads Nameservers: "none", or a List of addresses, whose port
// is 53 where none is given.
func (n *Nameservers) UnmarshalTOML(v any) error {
	if s, ok := v.(string); ok && strings.EqualFold(s, "none") {
		*n = Nameservers{None: true}
		return nil
	}
	list, err := texts(v, ",")
	if err != nil {
		return err
	}
	servers, err := serverAddrs(list)
	if err == nil {
		*n = Nameservers{Servers: servers}
	}
	return err
}

// serverAddrs reads addresses of DNS servers, port 53 where none is given.
func serverAddrs(list []string) ([]netip.AddrPort, error) {
	var servers []netip.AddrPort
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			servers = append(servers, netip.AddrPortFrom(a, 53))
			continue
		}
		ap, err := netip.ParseAddrPort(s)
		if err != nil || ap.Port() == 0 {
			return nil, fmt.Errorf("want the address of a DNS server, such as 10.0.0.1:53, not %q", s)
		}
		servers = append(servers, ap)
	}
	return servers, nil
}

// SubDomains is the servers of each domain (as in Domains) that is answered
// by others.
type SubDomains map[string][]netip.AddrPort

// UnmarshalTOML reads SubDomains: a table of domain = List, or the ancestor's
// "sub.domain@10.0.0.1:53,10.0.0.2:53%other.domain@10.0.0.3:53".
func (d *SubDomains) UnmarshalTOML(v any) error {
	lists := map[string]any{}
	switch v := v.(type) {
	case string:
		parts, _ := texts(v, "%")
		for _, part := range parts {
			name, servers, ok := strings.Cut(part, "@")
			if _, twice := lists[name]; !ok || twice {
				return fmt.Errorf("want domain@server,server with %% between domains, each domain once, not %q", v)
			}
			lists[name] = servers
		}
	case map[string]any:
		lists = v
	default:
		return fmt.Errorf("want a table of domain = servers, not %v", v)
	}
	sub := make(SubDomains, len(lists))
	for name, list := range lists {
		name, err := domain(name)
		if err != nil {
			return err
		}
		servers, err := texts(list, ",")
		if err != nil {
			return fmt.Errorf("servers of %s: %w", name, err)
		}
		if sub[name], err = serverAddrs(servers); err != nil {
			return fmt.Errorf("servers of %s: %w", name, err)
		}
		if len(sub[name]) == 0 {
			return fmt.Errorf("%s has no server", name)
		}
	}
	*d = sub
	return nil
}
