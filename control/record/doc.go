// Package record is the record model: an etcd key and value of SkyDNS's
// message form on one side, DNS resource records in wire form on the other.
//
// A record of ours carries "type". Its key is Prefix, the labels of its name
// reversed, and one item label that is derived from type and data,
// so that adding the same data twice writes one key:
//
//	/skydns/local/skydns/cctv2/rr-5s0c1m8hqv3ng  {"type":"A","host":"192.168.10.1"}
//
// A record without "type" was written by another program and means what
// SkyDNS means by it: host is an address (A, AAAA), a name with a port (SRV)
// or without (CNAME; PTR in the trees of addresses); text is a TXT; mail makes
// an MX. For which names it counts besides that of its key is publish's to say.
//
// The package reads no etcd and keeps no state. Parse takes any bytes: an
// error is about that one record, and Reason names its kind for metrics.
package record
