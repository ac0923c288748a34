package rfc8906

import (
	"fmt"
	"os/exec"
	"testing"
)

// askAll asks every query of the RFC, and compares the replies with what the
// RFC wants and with a column of the table.
func askAll(t *testing.T, run func(name string, args ...string) *exec.Cmd, server, port string, tcp bool, column int) {
	got := map[string]string{}
	for _, c := range cases {
		t.Run(c.section+" "+c.about, func(t *testing.T) {
			want := c.udp
			if tcp && c.tcp != "" {
				want = c.tcp
			}
			if want == notAsked {
				got[c.section] = notAsked
				return
			}
			text := ask(t, run, server, port, c.dig, tcp).String()
			if text != want {
				t.Errorf("dig %s: %s, want %s", c.dig, text, want)
			}
			got[c.section] = text
		})
	}
	record(t, column, got)
}

// needDig skips the test where dig is not installed.
func needDig(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("dig"); err != nil {
		t.Skip("dig is not installed: make setup")
	}
}

// TestSockets verifies what kernel sockets give.
func TestSockets(t *testing.T) {
	needDig(t)
	port := freePort(t)
	start(t, exec.Command, build(t, "0", ""), fmt.Sprintf("[Dns]\ndns-domain = %q\ndns-addr = \"127.0.0.1:%s\"\n", zone, port))
	t.Run("UDP", func(t *testing.T) { askAll(t, exec.Command, "127.0.0.1", port, false, socketUDP) })
	t.Run("TCP", func(t *testing.T) { askAll(t, exec.Command, "127.0.0.1", port, true, socketTCP) })
}
