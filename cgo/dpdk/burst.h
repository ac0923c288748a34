/* Bursts of frames: the two calls of a turn. These take a burst as a number,
 * for cgo looks through every pointer that it passes (bench/dpdk). */
#ifndef SKYDNS_BURST_H
#define SKYDNS_BURST_H

#include <stdint.h>

/* Most frames of a burst. */
#define BURST_SIZE 64

/* In flags, of each of the checksums: the device looked at it, and found it right
 * (RTE_MBUF_F_RX_*_CKSUM_*). */
#define BURST_IP_MASK 0x90
#define BURST_IP_GOOD 0x80
#define BURST_UDP_MASK 0x108
#define BURST_UDP_GOOD 0x100

/* Up to BURST_SIZE frames. [:n] of each array is valid. It belongs to one
 * thread. */
struct burst {
	uint8_t *data[BURST_SIZE]; /* the frame, in DPDK's memory */
	uint16_t len[BURST_SIZE];  /* its octets; 0: not to be transmitted */
	uint16_t room[BURST_SIZE]; /* octets from data on that may be written */
	uint16_t flags[BURST_SIZE]; /* of the mbuf, the lowest 16: BURST_* */
	uint16_t n;                /* frames held */
	uint64_t unsent;           /* frames that a device did not take, since the start */
	void *mbuf[BURST_SIZE];    /* struct rte_mbuf */
};

/* An empty burst in memory that DPDK and Go may both use, for a port on its
 * NUMA node; NULL if there is none. */
struct burst *burst_new(uint16_t port);

/* Frees what it holds and the burst itself. */
void burst_free(struct burst *b);

/* rte_eth_rx_burst: fills the empty burst b and returns b->n. A frame in
 * several segments has length 0. The first line of each frame is on its way to
 * the cache afterwards. */
uint16_t burst_receive(uintptr_t b, uint16_t port, uint16_t queue);

/* rte_pktmbuf_alloc_bulk: fills the empty burst b with n new frames of length 0
 * from a pool (port_pool) and returns n, or 0 if the pool has not so many. */
uint16_t burst_fill(struct burst *b, void *pool, uint16_t n);

/* rte_eth_tx_burst: transmits the frames with their lengths of now, and frees
 * those of length 0 and those that the device does not take; b is empty
 * afterwards. sums is what port_setup.sums said: the device is asked to fill
 * in those checksums. */
void burst_transmit(uintptr_t b, uint16_t port, uint16_t queue, uint8_t sums);

#endif
