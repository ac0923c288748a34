/* Ports: what a port is, setting it up, ending it. */
#ifndef SKYDNS_PORT_H
#define SKYDNS_PORT_H

#include <stdint.h>

/* Checksums, as in frame.Sums. */
#define PORT_SUM_IP 1
#define PORT_SUM_UDP 2

/* By what a device spreads UDP over its queues. */
#define PORT_SPREAD_NONE 0
#define PORT_SPREAD_ADDRESS 1
#define PORT_SPREAD_PORT 2 /* and by address */

struct port_info {
	char name[64];   /* as --vdev or the bus names it */
	char driver[64];
	uint8_t mac[6];
	uint16_t mtu;
	uint16_t max_queues; /* of pairs of a receive and a transmit queue */
	uint8_t link_up;
	uint8_t kernels;     /* the kernel has an interface for it */
	int node;            /* of NUMA; negative: unknown */
};

/* How port_start sets a port up, and what came of it. */
struct port_setup {
	uint16_t queues;     /* in: pairs of queues, 1 to max_queues */
	uint16_t ring;       /* in: descriptors of each queue, as near as the device can */
	uint32_t buffers;    /* in: frames in the pool of each pair */
	uint8_t plain;       /* in: no checksums by the device, in no direction */
	uint8_t all_groups;  /* in: receive what is sent to any group's MAC */
	uint8_t isolated;    /* in: receive what flow rules give it, and nothing else */
	uint16_t rx_ring;    /* out: descriptors that each receive queue has */
	uint8_t sums;        /* out: PORT_SUM_* that the device fills in on transmit */
	uint8_t everything;  /* out: it receives what is sent to other machines' MACs too */
	uint8_t spreads4;    /* out: PORT_SPREAD_*: how it spreads UDP over IPv4 over the queues */
	uint8_t spreads6;    /* out: the same over IPv6 */
	const char *failed;  /* out: the DPDK function that failed, static */
	const char *refused; /* out: why it cannot be isolated, static; else NULL */
};

/* What a port counted since its start. */
struct port_stats {
	uint64_t missed;    /* rte_eth_stats.imissed: the queue was full */
	uint64_t no_buffer; /* rte_eth_stats.rx_nombuf: the pool was empty */
	uint64_t broken;    /* rte_eth_stats.ierrors: the device received it wrong */
	uint64_t unsent;    /* rte_eth_stats.oerrors: the device did not send it */
};

/* The smallest port number from port on, -1 if there is none. */
int port_next(uint16_t port);

/* rte_eth_dev_info_get and its like. Returns 0 or a negative errno. */
int port_info(uint16_t port, struct port_info *info);

/* Makes the pools, sets up the queues and starts the port. Returns 0, or a
 * negative errno after undoing what it did. said is as in eal_start. */
int port_start(uint16_t port, struct port_setup *setup, char **said);

/* The pool of a pair of queues of a port that was started, for burst_fill. */
void *port_pool(uint16_t port, uint16_t queue);

/* Waits as long as the link may need to carry all that the queues hold, at
 * most 200 ms; rte_eth_dev_stop, rte_eth_dev_close; frees the pools of its
 * queues. */
int port_close(uint16_t port, uint16_t queues);

/* rte_eth_rx_queue_count: frames that wait in a receive queue, 0 where the
 * driver cannot tell. */
int port_waiting(uint16_t port, uint16_t queue);

/* rte_eth_link_get_nowait: 1 if the link is up. */
int port_link_up(uint16_t port);

/* rte_eth_stats_get. */
int port_stats(uint16_t port, struct port_stats *stats);

#endif
