//go:build dpdk

#include "port.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "capture.h"

/* Frames that a core keeps for itself, so that a burst seldom goes to the
 * pool: four bursts. */
#define CACHE 256

int port_next(uint16_t port)
{
	uint64_t next = rte_eth_find_next_owned_by(port, RTE_ETH_DEV_NO_OWNER);
	return next < RTE_MAX_ETHPORTS ? (int)next : -1;
}

int port_info(uint16_t port, struct port_info *info)
{
	struct rte_eth_dev_info dev;
	struct rte_ether_addr mac;
	struct rte_eth_link link;
	int rc;

	memset(info, 0, sizeof(*info));
	if ((rc = rte_eth_dev_info_get(port, &dev)) < 0 ||
	    (rc = rte_eth_macaddr_get(port, &mac)) < 0 ||
	    (rc = rte_eth_dev_get_mtu(port, &info->mtu)) < 0 ||
	    (rc = rte_eth_dev_get_name_by_port(port, info->name)) < 0)
		return rc;
	snprintf(info->driver, sizeof(info->driver), "%s", dev.driver_name);
	memcpy(info->mac, mac.addr_bytes, sizeof(info->mac));
	info->max_queues = RTE_MIN(dev.max_rx_queues, dev.max_tx_queues);
	info->link_up = rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
	return 0;
}

/* The name of the pool of a pair of queues. */
static void pool_name(char name[RTE_MEMPOOL_NAMESIZE], uint16_t port, uint16_t queue)
{
	snprintf(name, RTE_MEMPOOL_NAMESIZE, "frames-%u-%u", port, queue);
}

static void free_pools(uint16_t port, uint16_t queues)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	for (uint16_t q = 0; q < queues; q++) {
		pool_name(name, port, q);
		rte_mempool_free(rte_mempool_lookup(name));
	}
}

/* Fills conf with what we want of what the device offers. */
static void choose(const struct rte_eth_dev_info *dev, struct rte_eth_conf *conf, struct port_setup *setup)
{
	const uint64_t udp = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX;
	uint64_t spread = dev->flow_type_rss_offloads & udp;

	memset(conf, 0, sizeof(*conf));
	conf->rxmode.offloads = dev->rx_offload_capa & (RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM);
	conf->txmode.offloads = dev->tx_offload_capa & (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM);
	setup->sums = (conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM ? PORT_SUM_IP : 0) |
		      (conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM ? PORT_SUM_UDP : 0);
	setup->spreads = setup->queues > 1 && spread != 0;
	if (setup->spreads) {
		conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf->rx_adv_conf.rss_conf.rss_hf = spread;
	}
}

/* Makes the pool of a pair of queues and sets the pair up. */
static int start_pair(uint16_t port, uint16_t q, uint16_t rx_ring, uint16_t tx_ring, struct port_setup *setup)
{
	int socket = rte_eth_dev_socket_id(port);
	char name[RTE_MEMPOOL_NAMESIZE];
	int rc;

	pool_name(name, port, q);
	setup->failed = "rte_pktmbuf_pool_create";
	struct rte_mempool *pool = rte_pktmbuf_pool_create(name, setup->buffers, CACHE, 0,
							   RTE_MBUF_DEFAULT_BUF_SIZE, socket);
	if (pool == NULL)
		return -rte_errno;
	setup->failed = "rte_eth_rx_queue_setup";
	if ((rc = rte_eth_rx_queue_setup(port, q, rx_ring, socket, NULL, pool)) < 0)
		return rc;
	setup->failed = "rte_eth_tx_queue_setup";
	return rte_eth_tx_queue_setup(port, q, tx_ring, socket, NULL);
}

static int start(uint16_t port, struct port_setup *setup)
{
	uint16_t rx_ring = setup->ring, tx_ring = setup->ring;
	struct rte_eth_dev_info dev;
	struct rte_eth_conf conf;
	int rc;

	setup->failed = "rte_eth_dev_info_get";
	if ((rc = rte_eth_dev_info_get(port, &dev)) < 0)
		return rc;
	choose(&dev, &conf, setup);
	setup->failed = "rte_eth_dev_configure";
	if ((rc = rte_eth_dev_configure(port, setup->queues, setup->queues, &conf)) < 0)
		return rc;
	setup->failed = "rte_eth_dev_adjust_nb_rx_tx_desc";
	if ((rc = rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx_ring, &tx_ring)) < 0)
		return rc;
	for (uint16_t q = 0; q < setup->queues; q++)
		if ((rc = start_pair(port, q, rx_ring, tx_ring, setup)) < 0)
			return rc;
	setup->failed = "rte_eth_dev_start";
	return rte_eth_dev_start(port);
}

int port_start(uint16_t port, struct port_setup *setup, char **said)
{
	capture_begin();
	int rc = start(port, setup);
	if (rc < 0) {
		rte_eth_dev_close(port);
		free_pools(port, setup->queues);
	}
	*said = capture_end();
	return rc;
}

int port_close(uint16_t port, uint16_t queues)
{
	int rc = rte_eth_dev_stop(port);
	int closed = rte_eth_dev_close(port);

	free_pools(port, queues);
	return rc < 0 ? rc : closed;
}

int port_stats(uint16_t port, struct port_stats *stats)
{
	struct rte_eth_stats s;
	int rc = rte_eth_stats_get(port, &s);

	if (rc == 0) {
		stats->missed = s.imissed;
		stats->no_buffer = s.rx_nombuf;
	}
	return rc;
}
