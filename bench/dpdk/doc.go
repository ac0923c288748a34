// Command dpdk measures the whole poll loop of dataplane on one core: the
// DPDK driver, the engine and a snapshot, over a net_pcap device that replays
// a capture of queries without end and drops what is sent. Beside it, on the
// same capture: the driver without the engine, and DPDK's own testpmd, which
// does no more than exchange the addresses of each frame.
//
// Build it with the tag dpdk.
package main
