// Package offline answers queries without a server: the engine that dataplane
// runs, on a snapshot that control wrote or that is made here of master files.
//
// It knows no socket. What it makes is in a directory of its own, which Close
// removes; a snapshot of others is only read.
package offline
