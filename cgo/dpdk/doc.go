// Package dpdk is the project's binding to libdpdk 22.11: EAL, ports and
// bursts of frames. It is the only package that imports "C", and it is thin:
// each function is one step of DPDK, named in its comment.
//
// It is built with the tag dpdk; without it Init says so and nothing else
// exists. It must not know DNS, IP or the engine: frames are octets here.
//
// Headers that Go sees include nothing of DPDK. Frames move in bursts, one C
// call to receive up to BurstSize of them and one to transmit, through a
// Burst in C memory that both sides read and write.
package dpdk
