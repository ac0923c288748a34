package rfc8906

// zone is what the servers are asked about.
const zone = "example."

// notAsked stands for the reply to a query that is none of UDP.
const notAsked = "–"

// cases are the queries of RFC 8906 section 8, in its words, and what has to
// come back, in the words of reply.String. What the RFC wants to be absent is
// not there, nor is anything else.
var cases = []struct {
	section string
	about   string
	dig     string // arguments, after which come server and port
	udp     string // the reply over UDP
	tcp     string // over TCP; empty: the same
}{
	{"8.1.1", "the zone is served", "+noedns +noad +norec soa example.", "NOERROR aa, SOA", ""},
	{"8.1.2", "unknown type", "+noedns +noad +norec type1000 example.", "NOERROR aa", ""},
	{"8.1.3.1", "CD=1", "+noedns +noad +norec +cd soa example.", "NOERROR aa, SOA", ""},
	{"8.1.3.2", "AD=1", "+noedns +norec +ad soa example.", "NOERROR aa, SOA", ""},
	{"8.1.3.3", "reserved bit", "+noedns +noad +norec +zflag soa example.", "NOERROR aa, SOA", ""},
	{"8.1.3.4", "RD=1", "+noedns +noad +rec soa example.", "NOERROR aa rd, SOA", ""},
	{"8.1.4", "unknown opcode", "+noedns +noad +opcode=15 +norec +header-only", "NOTIMP, opcode RESERVED15", ""},
	{"8.1.5", "TCP", "+noedns +noad +norec +tcp soa example.", notAsked, "NOERROR aa, SOA"},
	{"8.2.1", "plain EDNS", "+nocookie +edns=0 +noad +norec soa example.", "NOERROR aa, SOA, EDNS 0", ""},
	{"8.2.2", "EDNS version 1", "+nocookie +edns=1 +noednsneg +noad +norec soa example.", "BADVERS, EDNS 0", ""},
	{"8.2.3", "unknown option", "+nocookie +edns=0 +noad +norec +ednsopt=100 soa example.", "NOERROR aa, SOA, EDNS 0", ""},
	{"8.2.4", "unknown flag", "+nocookie +edns=0 +noad +norec +ednsflags=0x40 soa example.", "NOERROR aa, SOA, EDNS 0", ""},
	{"8.2.5", "version 1, unknown flag", "+nocookie +edns=1 +noednsneg +noad +norec +ednsflags=0x40 soa example.", "BADVERS, EDNS 0", ""},
	{"8.2.6", "version 1, unknown option", "+nocookie +edns=1 +noednsneg +noad +norec +ednsopt=100 soa example.", "BADVERS, EDNS 0", ""},
	{"8.2.7", "truncation", "+norec +dnssec +bufsize=512 +ignore +nocookie +noad dnskey example.",
		"NOERROR aa tc, EDNS 0 do", "NOERROR aa, DNSKEY DNSKEY DNSKEY, EDNS 0 do"},
	{"8.2.8", "DO=1", "+nocookie +edns=0 +noad +norec +dnssec soa example.", "NOERROR aa, SOA, EDNS 0 do", ""},
	{"8.2.9", "version 1, DO=1", "+nocookie +edns=1 +noednsneg +noad +norec +dnssec soa example.", "BADVERS, EDNS 0 do", ""},
	{"8.2.10", "several options", "+edns=0 +noad +norec +cookie +nsid +expire +subnet=0.0.0.0/0 soa example.",
		"NOERROR aa, SOA, EDNS 0 nsid cookie", ""},
}
