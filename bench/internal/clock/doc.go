// Package clock reads the clocks that a measurement on a shared machine needs:
// the processor's time stamp counter, and the CPU time of threads and
// processes, which other work on the machine does not move.
package clock
