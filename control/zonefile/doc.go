// Package zonefile reads and writes zones as master files (RFC 1035 section
// 5): what a person imports, exports, or asks a question of without a server.
//
// A zone that Read returns is valid: one SOA, whose owner is the apex; NS at
// the apex; every name inside; and no name with records that exclude each
// other. Of a file that is not, one error tells the line and the reason.
//
// The package knows no etcd and no snapshot, and opens no file: $INCLUDE is an
// error, for the text may come from anyone.
package zonefile
