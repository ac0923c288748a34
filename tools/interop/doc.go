// Package interop compares what we and CoreDNS's etcd plugin make of the same
// keys in the same etcd, and walks the way from the embedded etcd to a cluster
// with etcd's own tools. It is a module of its own: CoreDNS, etcdutl and what
// they need are nothing that the project depends on.
package interop
