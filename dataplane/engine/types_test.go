package engine

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/wire"
)

// typeSamples is a record of every type that miekg/dns can read, its owner left
// out; TYPE62347 stands for the others.
const typeSamples = `
A 192.0.2.1
MD mail.example.
MF mail.example.
CNAME www.example.
MB mail.example.
MG mail.example.
MR mail.example.
NULL \# 3 010203
PTR www.example.
HINFO "PC" "Linux"
MINFO a.example. b.example.
MX 10 mail.example.
TXT "one" "two"
RP a.example. b.example.
AFSDB 1 afs.example.
X25 311061700956
ISDN "150862028003217" "004"
RT 10 relay.example.
NSAP-PTR www.example.
SIG A 5 3 3600 20300101000000 20200101000000 1 example. AAAA
KEY 256 3 5 AAAA
PX 10 a.example. b.example.
GPOS -32.6882 116.8652 10.0
AAAA 2001:db8::1
LOC 42 21 54.000 N 71 06 18.000 W -24.00m 30m 10000m 10m
NXT www.example. A MX
EID 0102
NIMLOC 0102
SRV 0 5 80 www.example.
NAPTR 100 10 "S" "SIP+D2U" "!^.*$!sip:x@example.com!" www.example.
KX 10 kx.example.
CERT 1 1 5 AAAA
DNAME www.example.
APL 1:192.0.2.0/24 !2:2001:db8::/32
DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
SSHFP 2 1 123456789ABCDEF67890123456789ABCDEF67890
IPSECKEY 10 3 2 gw.example. AAAA
RRSIG A 5 3 3600 20300101000000 20200101000000 1 example. AAAA
NSEC www.example. A MX
DNSKEY 256 3 5 AAAA
DHCID AAAA
NSEC3 1 1 12 AABBCCDD 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S A RRSIG
NSEC3PARAM 1 0 12 AABBCCDD
TLSA 3 1 1 0D6FCE3D3BE3E5C4
SMIMEA 3 1 1 0D6FCE3D3BE3E5C4
HIP 2 200100107B1A74DF365639CC39F1D578 AAAA rvs.example.
NINFO "x"
RKEY 0 3 5 AAAA
TALINK a.example. b.example.
CDS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
CDNSKEY 256 3 5 AAAA
OPENPGPKEY AAAA
CSYNC 66 3 A NS
ZONEMD 2018031500 1 1 C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C
SVCB 1 svc.example. alpn="h2" port="8443"
HTTPS 1 . alpn="h2"
SPF "v=spf1 -all"
UINFO "x"
UID 1
GID 1
NID 10 0014:4fff:ff20:ee64
L32 10 10.1.2.0
L64 10 2001:0DB8:1140:1000
LP 10 l64.example.
EUI48 00-00-5e-00-53-2a
EUI64 00-00-5e-ef-10-00-00-2a
URI 10 1 "https://www.example/"
CAA 0 issue "ca.example"
AVC "x"
AMTRELAY 10 0 1 203.0.113.15
TA 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
DLV 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
TYPE62347 \# 4 00010203
TYPE127 \# 0
`

// TestEveryType verifies that records of all types are served as they were
// stored, and that exactly the names that RFC 3597 section 4 allows to be
// compressed are.
func TestEveryType(t *testing.T) {
	compressed := " MD MF CNAME MB MG MR PTR MINFO MX "
	for _, line := range strings.Split(strings.TrimSpace(typeSamples), "\n") {
		name, _, _ := strings.Cut(line, " ")
		t.Run(name, func(t *testing.T) {
			want, err := dns.NewRR("x.example. 300 IN " + line)
			if err != nil {
				t.Fatal(err)
			}
			l := newLab(t, Config{})
			l.load("example. 60 IN SOA ns.example. host.example. 1 2 3 4 5\n")
			owner, _ := wire.ParseName("x.example.")
			if _, err := l.writer.Put(owner, addRecord(t, nil, want)); err != nil {
				t.Fatal(err)
			}
			m := l.query("x.example.", want.Header().Rrtype)
			if m.Rcode != 0 || len(m.Answer) != 1 || !sameRR(m.Answer[0], want) {
				t.Fatalf("got %v", m)
			}
			raw := l.batch.Msg[0]
			start := wire.SkipName(raw, wire.HeaderLen) + 4
			length := int(binary.BigEndian.Uint16(raw[start+10:]))
			if isShort := length < len(packedRR(want))-len("x.example.")-11; isShort != strings.Contains(compressed, " "+name+" ") {
				t.Errorf("%d octets of rdata, compressed: %v", length, isShort)
			}
		})
	}
}

// sameRR compares records by their octets.
func sameRR(a, b dns.RR) bool { return string(packedRR(a)) == string(packedRR(b)) }

func packedRR(rr dns.RR) []byte {
	b := make([]byte, 1024)
	n, err := dns.PackRR(rr, b, 0, nil, false)
	if err != nil {
		return nil
	}
	return b[:n]
}
