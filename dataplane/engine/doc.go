// Package engine answers DNS queries out of a snapshot: the one
// implementation of DNS that every driver, TCP and the offline tool share.
//
// A batch goes through each stage together (parse and hash all; prefetch all
// buckets; probe all and prefetch all nodes; answer all), so that the memory
// latency of one query hides behind the others. A reply is made in the memory
// of its query: header and question stay, the sections follow.
//
// The package knows no driver and no clock. It must not allocate, lock, make
// system calls or panic, whatever the query and the snapshot hold.
package engine
