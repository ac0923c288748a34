// Package api is control's REST interface: people and programs change and
// read records over HTTP, and learn whether control is well.
//
// A change is one etcd transaction, all or nothing: the records and the
// status keys of their addresses. It is worked out against one state of etcd
// and takes place only if nothing it looked at has changed since; else it is
// worked out again. The package reads etcd and writes etcd; it publishes
// nothing: the watch that feeds the snapshot sees its changes as it sees those
// of any other program.
package api
