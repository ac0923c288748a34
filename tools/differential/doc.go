// Package differential asks three servers the same questions and compares what
// they say: our engine, NSD and Knot, on the same generated zones.
//
// What differs is an error, unless a rule of this package knows the
// difference; README.md justifies each rule by the RFC that decides. The
// package is for tests; servers run on loopback and end with the test.
package differential
