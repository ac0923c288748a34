// Package rfc8906 asks dataplane, by dig, all that RFC 8906 section 8 wants
// name servers to be asked: over UDP and TCP, from kernel sockets and from a
// DPDK port. It has no code but its tests. What each query gave is the table
// in README.md, which the tests hold true; -update writes it anew.
package rfc8906
