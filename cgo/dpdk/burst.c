//go:build dpdk

#include "burst.h"

#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "port.h"

_Static_assert(BURST_IP_MASK == RTE_MBUF_F_RX_IP_CKSUM_MASK && BURST_IP_GOOD == RTE_MBUF_F_RX_IP_CKSUM_GOOD &&
		       BURST_UDP_MASK == RTE_MBUF_F_RX_L4_CKSUM_MASK && BURST_UDP_GOOD == RTE_MBUF_F_RX_L4_CKSUM_GOOD,
	       "the flags are DPDK's");

struct burst *burst_new(uint16_t port)
{
	return rte_zmalloc_socket("burst", sizeof(struct burst), RTE_CACHE_LINE_SIZE, rte_eth_dev_socket_id(port));
}

void burst_free(struct burst *b)
{
	rte_pktmbuf_free_bulk((struct rte_mbuf **)b->mbuf, b->n);
	rte_free(b);
}

uint16_t burst_receive(uintptr_t burst, uint16_t port, uint16_t queue)
{
	struct burst *b = (struct burst *)burst;
	struct rte_mbuf **mbuf = (struct rte_mbuf **)b->mbuf;
	uint16_t n = rte_eth_rx_burst(port, queue, mbuf, BURST_SIZE);

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = mbuf[i];

		b->data[i] = rte_pktmbuf_mtod(m, uint8_t *);
		rte_prefetch0(b->data[i]);
		b->len[i] = m->nb_segs == 1 ? m->data_len : 0;
		b->room[i] = m->buf_len - m->data_off;
		b->flags[i] = (uint16_t)m->ol_flags;
	}
	b->n = n;
	return n;
}

/* The IP datagram in the frame f, which frame.Parse found behind up to two
 * VLAN tags. */
static const uint8_t *datagram(const uint8_t *f)
{
	const uint8_t *type = f + RTE_ETHER_HDR_LEN - 2;

	while ((type[0] == 0x81 && type[1] == 0) || (type[0] == 0x88 && type[1] == 0xa8) ||
	       (type[0] == 0x91 && type[1] == 0))
		type += RTE_VLAN_HLEN;
	return type + 2;
}

uint16_t burst_fill(struct burst *b, void *pool, uint16_t n)
{
	struct rte_mbuf **mbuf = (struct rte_mbuf **)b->mbuf;

	if (n > BURST_SIZE || rte_pktmbuf_alloc_bulk(pool, mbuf, n) != 0)
		return 0;
	for (uint16_t i = 0; i < n; i++) {
		b->data[i] = rte_pktmbuf_mtod(mbuf[i], uint8_t *);
		b->len[i] = 0;
		b->room[i] = rte_pktmbuf_tailroom(mbuf[i]);
		b->flags[i] = 0;
	}
	b->n = n;
	return n;
}

/* Asks the device to fill in the checksums of the IP datagram in m. */
static void ask_for_sums(struct rte_mbuf *m, uint8_t sums)
{
	const uint8_t *f = rte_pktmbuf_mtod(m, uint8_t *);
	const uint8_t *ip = datagram(f);
	int v4 = *ip >> 4 == 4;

	m->l2_len = ip - f;
	m->l3_len = v4 ? (*ip & 15) * 4 : 40;
	m->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
	m->ol_flags |= v4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6;
	if (v4 && sums & PORT_SUM_IP)
		m->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
	if (sums & PORT_SUM_UDP)
		m->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
}

void burst_transmit(uintptr_t burst, uint16_t port, uint16_t queue, uint8_t sums)
{
	struct burst *b = (struct burst *)burst;
	struct rte_mbuf **mbuf = (struct rte_mbuf **)b->mbuf;
	struct rte_mbuf *unwanted[BURST_SIZE];
	uint16_t send = 0, drop = 0;

	for (uint16_t i = 0; i < b->n; i++) {
		struct rte_mbuf *m = mbuf[i];

		if (b->len[i] == 0) {
			unwanted[drop++] = m;
			continue;
		}
		m->pkt_len = m->data_len = b->len[i];
		if (sums != 0)
			ask_for_sums(m, sums);
		mbuf[send++] = m;
	}
	uint16_t sent = rte_eth_tx_burst(port, queue, mbuf, send);
	if (unlikely(sent < send)) {
		b->unsent += send - sent;
		rte_pktmbuf_free_bulk(mbuf + sent, send - sent);
	}
	if (drop > 0)
		rte_pktmbuf_free_bulk(unwanted, drop);
	b->n = 0;
}
