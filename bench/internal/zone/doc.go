// Package zone is the data that the benchmarks share: names of about 40
// octets with one address each, queries for names drawn at random, and a
// snapshot that holds them.
package zone
