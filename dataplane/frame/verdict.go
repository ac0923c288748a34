package frame

// Verdict is what Parse found a frame to be. The caller counts each.
type Verdict uint8

// Verdicts.
const (
	Query       Verdict = iota // UDP to our address and port: a message for the engine
	NotIP                      // another EtherType: ARP, a third VLAN tag, LLC
	NotOurs                    // IP to an address that is not ours, to a group's MAC, or to another machine's (Local.OnlyTo)
	NotDNS                     // IP to us, but not UDP to our port, or with headers that want more than to be ignored
	Fragment                   // a part of a datagram: it has no whole message
	BadLength                  // cut short, or lengths that contradict one another
	BadChecksum                // the IPv4 header's or UDP's is wrong, or missing over IPv6
	BadSource                  // an address or port that no reply may go to, or a MAC: a group's, our own, a service's that answers everything
	NumVerdicts                // how many verdicts there are
)

var verdictNames = [NumVerdicts]string{
	"query", "not-ip", "not-ours", "not-dns", "fragment", "bad-length", "bad-checksum", "bad-source",
}

// String is the verdict's name in metrics and logs.
func (v Verdict) String() string {
	if v >= NumVerdicts {
		return "unknown"
	}
	return verdictNames[v]
}

// Exceptional reports whether a frame with this verdict may be the kernel's to
// answer. The others are nobody's: they are broken, or pretend to be.
func (v Verdict) Exceptional() bool {
	return v == NotIP || v == NotOurs || v == NotDNS || v == Fragment
}
