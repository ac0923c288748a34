package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestKeysWithoutEffectAreSaid verifies that who configures servers for other
// zones is told that they are not asked, and that nobody else is.
func TestKeysWithoutEffectAreSaid(t *testing.T) {
	const warning = "have no effect"
	for _, tt := range []struct{ lines, want string }{
		{"nameservers = \"none\"\n", ""},
		{"", ""},
		{"nameservers = \"192.0.2.1\"\nsubDomainServers = \"corp.example@192.0.2.1:53\"\ncacheSize = 7\n",
			"[Dns.nameservers,Dns.subDomainServers,Dns.cacheSize]"},
	} {
		p := start(t, configFile(t, tt.lines+fmt.Sprintf("dns-addr = %q\n[Dataplane]\nsnapshot-dir = %q\n", freeAddr(t), t.TempDir())))
		log := strings.ReplaceAll(strings.Join(p.log, "\n"), `"`, "")
		if (tt.want != "") != strings.Contains(log, warning) || !strings.Contains(log, tt.want) {
			t.Errorf("%q: the log says\n%s", tt.lines, log)
		}
	}
}
