/* An XDP program that gives UDP to our addresses and port to AF_XDP sockets,
 * and leaves everything else to the kernel. Package steer fills in ours before
 * it is loaded. It redirects no frame that frame.Parse would not look at. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MOST 16 /* addresses of each family, as in steer.go */

/* Whose queries are redirected, all in network order. */
struct ours {
	__u16 port;
	__u16 n4;
	__u16 n6;
	__u16 zero;
	__be32 v4[MOST];
	__u8 v6[MOST][16];
};

const volatile struct ours ours = {};

/* The sockets by queue; net_af_xdp looks for this name. */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} xsks_map SEC(".maps");

static __always_inline int is_ours4(__be32 address)
{
	for (int i = 0; i < MOST; i++)
		if (i < ours.n4 && ours.v4[i] == address)
			return 1;
	return 0;
}

static __always_inline int is_ours6(const struct in6_addr *address)
{
	const __u32 *a = address->in6_u.u6_addr32;

	for (int i = 0; i < MOST; i++) {
		const volatile __u32 *o = (const volatile __u32 *)ours.v6[i];

		if (i < ours.n6 && o[0] == a[0] && o[1] == a[1] && o[2] == a[2] && o[3] == a[3])
			return 1;
	}
	return 0;
}

SEC("xdp")
int steer(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = data;
	struct udphdr *udp;

	if ((void *)(ethernet + 1) > end)
		return XDP_PASS;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(ethernet + 1);

		if ((void *)(ip + 1) > end || ip->ihl != 5 || ip->protocol != IPPROTO_UDP ||
		    ip->frag_off & bpf_htons(0x3fff) || !is_ours4(ip->daddr))
			return XDP_PASS;
		udp = (void *)(ip + 1);
	} else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = (void *)(ethernet + 1);

		if ((void *)(ip + 1) > end || ip->nexthdr != IPPROTO_UDP || !is_ours6(&ip->daddr))
			return XDP_PASS;
		udp = (void *)(ip + 1);
	} else {
		return XDP_PASS;
	}
	if ((void *)(udp + 1) > end || udp->dest != ours.port)
		return XDP_PASS;
	return bpf_redirect_map(&xsks_map, context->rx_queue_index, XDP_PASS);
}

char _license[] SEC("license") = "Apache-2.0";
