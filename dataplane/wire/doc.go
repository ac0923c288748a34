// Package wire reads and writes DNS messages (RFC 1035 section 4) on byte
// slices: header, names, question, EDNS.
//
// It is the lowest package of the data plane: it knows no snapshot, no zone
// and no driver. It must not allocate on any path that a received message
// can reach; the functions that turn text into names and back are for the
// control side and say so.
package wire
