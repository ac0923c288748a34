// Package frame finds the DNS message in an Ethernet frame and turns the
// frame of a query into the frame of its reply, in place: Ethernet II with up
// to two VLAN tags, IPv4 or IPv6, UDP, and both checksums.
//
// Parse and Reply are the steps for any frame, ParseUsual and ReplyUsual those
// for bursts of the most usual shape. They work on the caller's memory,
// keep nothing and allocate nothing. The package must not look into the DNS
// message, know a driver, or count: a Verdict goes back to the caller, which
// has the counters.
package frame
