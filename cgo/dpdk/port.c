//go:build dpdk

#include "port.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "capture.h"
#include "port_flow.h"

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
	info->link_up = port_link_up(port);
	info->kernels = dev.if_index != 0;
	info->node = rte_eth_dev_socket_id(port);
	return 0;
}

int port_link_up(uint16_t port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

/* The name of the pool of a pair of queues. */
static void pool_name(char name[RTE_MEMPOOL_NAMESIZE], uint16_t port, uint16_t queue)
{
	snprintf(name, RTE_MEMPOOL_NAMESIZE, "frames-%u-%u", port, queue);
}

void *port_pool(uint16_t port, uint16_t queue)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	pool_name(name, port, queue);
	return rte_mempool_lookup(name);
}

static void free_pools(uint16_t port, uint16_t queues)
{
	for (uint16_t q = 0; q < queues; q++)
		rte_mempool_free(port_pool(port, q));
}

/* Adds to *chosen what of the RSS offers spreads UDP of one family best: by
 * the ports too, which are in udp, or by the addresses alone. Returns
 * PORT_SPREAD_*. */
static uint8_t choose_spread(uint64_t offers, uint64_t udp, uint64_t address, uint64_t *chosen)
{
	if (offers & udp) {
		*chosen |= offers & udp;
		return PORT_SPREAD_PORT;
	}
	*chosen |= offers & address;
	return offers & address ? PORT_SPREAD_ADDRESS : PORT_SPREAD_NONE;
}

/* Fills conf with what we want of what the device offers. */
static void choose(const struct rte_eth_dev_info *dev, struct rte_eth_conf *conf, struct port_setup *setup)
{
	uint64_t offers = setup->queues > 1 ? dev->flow_type_rss_offloads : 0, spread = 0;

	memset(conf, 0, sizeof(*conf));
	if (!setup->plain) {
		conf->rxmode.offloads = dev->rx_offload_capa & (RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM);
		conf->txmode.offloads = dev->tx_offload_capa & (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM);
	}
	setup->sums = (conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM ? PORT_SUM_IP : 0) |
		      (conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM ? PORT_SUM_UDP : 0);
	setup->spreads4 = choose_spread(offers, RTE_ETH_RSS_NONFRAG_IPV4_UDP,
					RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_OTHER, &spread);
	setup->spreads6 = choose_spread(offers, RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX,
					RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_OTHER, &spread);
	if (spread != 0) {
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
	setup->rx_ring = rx_ring;
	for (uint16_t q = 0; q < setup->queues; q++)
		if ((rc = start_pair(port, q, rx_ring, tx_ring, setup)) < 0)
			return rc;
	/* Between the queues, without which net_tap would not do it, and the start,
	 * after which net_mlx5 would not. */
	setup->failed = "rte_flow_isolate";
	if (setup->isolated && (rc = flow_isolate(port, &setup->refused)) < 0)
		return rc;
	setup->failed = "rte_eth_dev_start";
	if ((rc = rte_eth_dev_start(port)) < 0)
		return rc;
	/* Neighbour discovery and routing protocols need it. A device that knows
	 * only everything or nothing gets everything; one that knows neither, as
	 * most virtual ones, has no filter. */
	if (setup->all_groups && rte_eth_allmulticast_enable(port) < 0)
		setup->everything = rte_eth_promiscuous_enable(port) == 0;
	return 0;
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

/* Microseconds that the link needs for all that the queues may hold. A stop
 * takes from a NIC what it has not sent, and few drivers can say whether that
 * is anything. */
static unsigned int drain_time(uint16_t port, uint16_t queues)
{
	const uint64_t most = 200 * 1000;
	struct rte_eth_link link;
	struct rte_eth_txq_info queue;

	if (rte_eth_link_get_nowait(port, &link) < 0 || link.link_status != RTE_ETH_LINK_UP)
		return 0;
	if (link.link_speed == RTE_ETH_SPEED_NUM_NONE || link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		link.link_speed = RTE_ETH_SPEED_NUM_1G;
	if (rte_eth_tx_queue_info_get(port, 0, &queue) < 0)
		queue.nb_desc = 1024;
	return RTE_MIN(most, (uint64_t)queues * queue.nb_desc * RTE_ETHER_MAX_LEN * 8 / link.link_speed);
}

int port_close(uint16_t port, uint16_t queues)
{
	rte_delay_us_sleep(drain_time(port, queues));
	int rc = rte_eth_dev_stop(port);
	int closed = rte_eth_dev_close(port);

	free_pools(port, queues);
	return rc < 0 ? rc : closed;
}

int port_waiting(uint16_t port, uint16_t queue)
{
	return RTE_MAX(rte_eth_rx_queue_count(port, queue), 0);
}

int port_stats(uint16_t port, struct port_stats *stats)
{
	struct rte_eth_stats s;
	int rc = rte_eth_stats_get(port, &s);

	if (rc == 0) {
		stats->missed = s.imissed;
		stats->no_buffer = s.rx_nombuf;
		stats->broken = s.ierrors;
		stats->unsent = s.oerrors;
	}
	return rc;
}
