// Package exception serves what the poll loops do not: DNS over TCP
// (RFC 7766), through the kernel's sockets and the same engine; and, beside a
// DPDK port, the frames that are not queries to us, through a kernel interface.
//
// It must not answer a query itself, and nothing of it runs in a poll loop: a
// TCPQueue has a worker of its own, a Port two goroutines, on whichever core
// has time.
package exception
