// Package lab runs the real programs for a test: it builds them once, gives
// them ports and folders of their own, starts, kills and stops them, cuts them
// off, and shows their logs when the test fails.
//
// It looks at the programs from the outside only, as an operator does: it
// imports none of their packages. It judges nothing; that is the test's work.
package lab
