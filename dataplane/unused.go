package main

import "github.com/ipdcode/skydns/configs"

// withoutEffect are the keys of a configuration that want other servers to be
// asked, which this version does not do: names of other zones are REFUSED.
func withoutEffect(c *configs.Config) []string {
	var keys []string
	if len(c.Dns.Nameservers.Servers) > 0 {
		keys = append(keys, "Dns.nameservers")
	}
	if len(c.Dns.SubDomains) > 0 {
		keys = append(keys, "Dns.subDomainServers")
	}
	if c.Dns.CacheSize != configs.Default().Dns.CacheSize {
		keys = append(keys, "Dns.cacheSize")
	}
	return keys
}
