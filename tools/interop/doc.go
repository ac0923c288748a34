// Package interop compares what we and CoreDNS's etcd plugin make of the same
// keys in the same etcd. It is a module of its own: CoreDNS and what it needs
// are nothing that the project depends on.
package interop
