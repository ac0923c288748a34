//go:build dpdk

#include "port_flow.h"

#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_flow.h>

#include "capture.h"

/* What the driver says about a step that failed with rc. */
static const char *reason(int rc, const struct rte_flow_error *error)
{
	if (rc >= 0)
		return NULL;
	return error->message != NULL ? error->message : "";
}

int flow_isolate(uint16_t port, const char **why)
{
	struct rte_flow_error error = { 0 };
	int rc = rte_flow_isolate(port, 1, &error);

	*why = reason(rc, &error);
	return rc;
}

/* The items of a rule, with what they point to. */
struct pattern {
	struct rte_flow_item_eth eth, eth_mask;
	struct rte_flow_item_ipv4 v4, v4_mask;
	struct rte_flow_item_ipv6 v6, v6_mask;
	struct rte_flow_item_udp udp, udp_mask;
	struct rte_flow_item items[4];
};

static void fill(struct pattern *p, const struct flow_rule *rule)
{
	memset(p, 0, sizeof(*p));
	memcpy(&p->eth.hdr.dst_addr, rule->mac, sizeof(rule->mac));
	memset(&p->eth_mask.hdr.dst_addr, 0xff, sizeof(rule->mac));
	p->items[0] = (struct rte_flow_item){ .type = RTE_FLOW_ITEM_TYPE_ETH, .spec = &p->eth, .mask = &p->eth_mask };
	if (rule->ipv6) {
		memcpy(p->v6.hdr.dst_addr, rule->address, sizeof(p->v6.hdr.dst_addr));
		memset(p->v6_mask.hdr.dst_addr, 0xff, sizeof(p->v6.hdr.dst_addr));
		p->items[1] = (struct rte_flow_item){ .type = RTE_FLOW_ITEM_TYPE_IPV6, .spec = &p->v6, .mask = &p->v6_mask };
	} else {
		memcpy(&p->v4.hdr.dst_addr, rule->address, sizeof(p->v4.hdr.dst_addr));
		memset(&p->v4_mask.hdr.dst_addr, 0xff, sizeof(p->v4.hdr.dst_addr));
		p->items[1] = (struct rte_flow_item){ .type = RTE_FLOW_ITEM_TYPE_IPV4, .spec = &p->v4, .mask = &p->v4_mask };
	}
	p->udp.hdr.dst_port = rte_cpu_to_be_16(rule->udp_port);
	p->udp_mask.hdr.dst_port = UINT16_MAX;
	p->items[2] = (struct rte_flow_item){ .type = RTE_FLOW_ITEM_TYPE_UDP, .spec = &p->udp, .mask = &p->udp_mask };
	p->items[3] = (struct rte_flow_item){ .type = RTE_FLOW_ITEM_TYPE_END };
}

static int create(uint16_t port, const struct flow_rule *rule, struct rte_flow_error *error)
{
	const struct rte_flow_attr ingress = { .ingress = 1 };
	const struct rte_flow_action_queue first = { .index = 0 };
	uint16_t queues[RTE_MAX_QUEUES_PER_PORT];
	const struct rte_flow_action_rss rss = {
		.types = rule->ipv6 ? RTE_ETH_RSS_NONFRAG_IPV6_UDP : RTE_ETH_RSS_NONFRAG_IPV4_UDP,
		.queue_num = rule->queues,
		.queue = queues,
	};
	struct rte_flow_action actions[] = {
		{ .type = RTE_FLOW_ACTION_TYPE_QUEUE, .conf = &first },
		{ .type = RTE_FLOW_ACTION_TYPE_END },
	};
	struct pattern pattern;

	fill(&pattern, rule);
	for (uint16_t q = 0; q < rule->queues; q++)
		queues[q] = q;
	if (rule->queues > 1)
		actions[0] = (struct rte_flow_action){ .type = RTE_FLOW_ACTION_TYPE_RSS, .conf = &rss };
	return rte_flow_create(port, &ingress, pattern.items, actions, error) == NULL ? -rte_errno : 0;
}

int flow_add(uint16_t port, const struct flow_rule *rule, const char **why)
{
	struct rte_flow_error error = { 0 };

	capture_begin();
	int rc = create(port, rule, &error);
	free(capture_end());
	*why = reason(rc, &error);
	return rc;
}

int flow_flush(uint16_t port)
{
	return rte_flow_flush(port, NULL);
}
