/* Flow rules of a port whose interface the kernel keeps. */
#ifndef SKYDNS_PORT_FLOW_H
#define SKYDNS_PORT_FLOW_H

#include <stdint.h>

/* Which frames a rule gives to the queues [0, queues): UDP in IPv4 or IPv6. */
struct flow_rule {
	uint8_t mac[6];      /* to this */
	uint8_t address[16]; /* and this; [:4] with IPv4 */
	uint8_t ipv6;
	uint16_t udp_port;   /* and this */
	uint16_t queues;     /* several: spread by the addresses and ports */
};

/* rte_flow_isolate: a port that is not started will get what rules give it, and
 * nothing else. Returns 0, or a negative errno; *why is then what the
 * driver says about it, static, else NULL. */
int flow_isolate(uint16_t port, const char **why);

/* rte_flow_create, of a port that was started. Returns as flow_isolate. What
 * the driver prints is kept from the terminal. */
int flow_add(uint16_t port, const struct flow_rule *rule, const char **why);

/* rte_flow_flush: removes all rules of the port. Returns 0 or a negative errno. */
int flow_flush(uint16_t port);

#endif
