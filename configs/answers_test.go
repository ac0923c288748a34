package configs

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestAnswersAndRateLimit(t *testing.T) {
	c, err := Parse("skydns.toml", []byte(`
[Dns]
dns-domain = "skydns.local."
[Answers]
udp-size = 4096
cookies = false
identity = "node-1"
version = "skydns"
client-subnet-from = "192.0.2.0/24, 2001:db8::/32"
[RateLimit]
queries-per-second = 1000
responses-per-second = 500
slip = 0
ipv4-prefix-length = 32
ipv6-prefix-length = 64
exempt = ["192.0.2.0/24"]
`))
	if err != nil {
		t.Fatal(err)
	}
	subnets := Prefixes{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	if a := c.Answers; a.UDPSize != 4096 || a.Cookies || a.Identity != "node-1" || a.Version != "skydns" || !slices.Equal(a.SubnetFrom, subnets) {
		t.Errorf("got %+v", a)
	}
	if r := c.RateLimit; r.Queries != 1000 || r.Replies != 500 || r.Slip != 0 || r.IPv4 != 32 || r.IPv6 != 64 || !slices.Equal(r.Exempt, subnets[:1]) {
		t.Errorf("got %+v", r)
	}
}

func TestAnswersAndRateLimitRefused(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"replies too small", "[Answers]\nudp-size = 511", "skydns.toml:4: [Answers] udp-size: want 512 to 4096, not 511"},
		{"replies too large", "[Answers]\nudp-size = 4097", "want 512 to 4096, not 4097"},
		{"identity too long", "[Answers]\nidentity = \"" + strings.Repeat("x", 129) + "\"", "[Answers] identity: want at most 128 octets, not 129"},
		{"version too long", "[Answers]\nversion = \"" + strings.Repeat("x", 129) + "\"", "[Answers] version: want at most 128 octets, not 129"},
		{"no prefix", "[Answers]\nclient-subnet-from = \"192.0.2.1\"", "want an address with its prefix length"},
		{"fewer than no queries", "[RateLimit]\nqueries-per-second = -1", "[RateLimit] queries-per-second: want 1 to 1000000"},
		{"too many responses", "[RateLimit]\nresponses-per-second = 1000001", "[RateLimit] responses-per-second: want 1 to 1000000"},
		{"a slip backwards", "[RateLimit]\nslip = -1", "[RateLimit] slip: want 1 or more"},
		{"33 bits of IPv4", "[RateLimit]\nipv4-prefix-length = 33", "want 1 to 32, not 33"},
		{"a negative answer before now", "[Soa]\nminimum = -1", "skydns.toml:4: [Soa] minimum: want 0 to 2147483647 seconds, not -1"},
		{"a TTL of 32 bits", "[Soa]\nttl = 2147483648", "[Soa] ttl: want 0 to 2147483647 seconds"},
		{"no refresh", "[Soa]\nrefresh = 0", "[Soa] refresh: want 1 to 2147483647 seconds"},
		{"no mailbox", "[Soa]\nhostmaster = \"me@example.com\"", "[Soa] hostmaster: \"me@example.com\" is no domain name"},
		{"no bit of IPv6", "[RateLimit]\nipv6-prefix-length = 0", "want 1 to 128, not 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("skydns.toml", []byte("[Dns]\ndns-domain = \"skydns.local.\"\n"+tt.text+"\n"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
