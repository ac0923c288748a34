// Package chaos is a test of the whole under failures at random: clients
// change names over REST, each against a model in memory, some of them the same
// names and several at once, and a scanner the states of addresses in etcd, while
// members of a real etcd cluster, control and dataplane are killed, stopped and
// cut off. Where that is allowed, each member and control have a network
// namespace of their own and cutting off is that packets are lost silently; else
// proxies stand for it. Whenever it is quiet again, DNS, REST and etcd must agree
// with the models: a change that was acknowledged is there, one that was refused
// is not, and one whose outcome nobody was told is there whole or not at all.
//
// Its length and its seed are flags: go test ./tools/chaos -args -for 10m
// -seed 7. It judges no speed.
package chaos
