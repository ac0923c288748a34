// Package publish turns what etcd holds into the snapshot that dataplane
// answers from. It owns the snapshot's Writer and all that is known of the
// records, on one goroutine; a change takes microseconds from the watch to
// the readers.
//
// After a list of everything, only what differs from the snapshot is written,
// so that a restart or a lost connection changes nothing for clients. A value
// that is not understood is reported once and skipped; the rest is served.
//
// Each of our domains is a zone. What a zone's apex lacks is made up: a SOA,
// an NS, and the NS's address where one is known. Of a CNAME beside other
// records the others are served (RFC 1034 section 3.6.2 allows no such name);
// of different TTLs within an RRset the lowest (RFC 2181 section 5.2).
package publish
