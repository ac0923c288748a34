package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// The veth pair: the server's end has no address of the kernel's.
const (
	serverIf      = "vs"
	clientIf      = "vc"
	serverMAC     = "02:00:00:00:00:53"
	clientMAC     = "02:00:00:00:00:63"
	serverAddress = "192.0.2.53"
	clientAddress = "192.0.2.63"
)

// link is two network namespaces of this process's own, joined by the pair.
type link struct{ server, client string }

// newLink makes the namespaces and the pair.
func newLink() (*link, error) {
	l := &link{server: fmt.Sprintf("skydns-bench-%d-s", os.Getpid()), client: fmt.Sprintf("skydns-bench-%d-c", os.Getpid())}
	for _, line := range []string{
		"netns add " + l.server,
		"netns add " + l.client,
		fmt.Sprintf("link add %s netns %s address %s type veth peer name %s netns %s address %s",
			serverIf, l.server, serverMAC, clientIf, l.client, clientMAC),
		fmt.Sprintf("-n %s link set %s up", l.server, serverIf),
		fmt.Sprintf("-n %s link set lo up", l.server),
		fmt.Sprintf("-n %s link set %s up", l.client, clientIf),
		fmt.Sprintf("-n %s address add %s/24 dev %s", l.client, clientAddress, clientIf),
	} {
		if err := ip(line); err != nil {
			return nil, errors.Join(err, l.remove())
		}
	}
	return l, nil
}

// remove removes both, and the pair with them.
func (l *link) remove() error {
	return errors.Join(ip("netns del "+l.server), ip("netns del "+l.client))
}

// inside is a command line that is run in a namespace, on a core.
func inside(namespace string, core int, line ...string) []string {
	return append([]string{"ip", "netns", "exec", namespace, "taskset", "-c", fmt.Sprint(core)}, line...)
}

func ip(line string) error {
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, strings.TrimSpace(string(out)))
	}
	return nil
}
