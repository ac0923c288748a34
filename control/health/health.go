// Package health understands the status keys of addresses: ip-monitor-path
// followed by an address, with a value that says UP or DOWN.
//
// The value is an object with "status", and with "ports", "domains" and
// "cluster" for scanners. The package only reads. The REST interface makes and removes the keys with the
// records; scanners and people change the status.
package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// The states of an address.
const (
	stateUp   = "UP"
	stateDown = "DOWN"
)

// ErrStatus is the error of a status key that is not understood.
var ErrStatus = errors.New("bad address status")

// Addr is the address of a status key. prefix is ip-monitor-path with a slash
// at the end.
func Addr(prefix, key string) (netip.Addr, error) {
	text := strings.TrimSuffix(strings.TrimPrefix(key, prefix), "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%w: %q is not an address", ErrStatus, text)
	}
	return addr.Unmap(), nil
}

// IsUp reads the value of a status key, of which it wants no more than the
// state: people write it by hand.
func IsUp(value []byte) (bool, error) {
	var s struct{ Status string }
	if err := json.Unmarshal(value, &s); err != nil {
		return false, fmt.Errorf("%w: %w", ErrStatus, err)
	}
	switch strings.ToUpper(s.Status) {
	case stateUp:
		return true, nil
	case stateDown:
		return false, nil
	}
	return false, fmt.Errorf(`%w: status %q, want "UP" or "DOWN"`, ErrStatus, s.Status)
}
