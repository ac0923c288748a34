// Package store is control's etcd: the client, or an etcd of its own in this
// process where no server is configured; reading and writing keys; and
// following prefixes for ever.
//
// Follow delivers what etcd holds, first as a complete list at one revision
// and then as the changes since, in etcd's order within a prefix. It survives everything that
// can happen to etcd: a lost connection is taken up where it broke, and after
// a compaction, or when etcd was restored or replaced, a fresh list follows.
// It never gives up and never reports a state that etcd did not have.
//
// The package knows nothing of what keys and values mean.
package store
