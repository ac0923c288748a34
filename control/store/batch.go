package store

import "time"

// Kind says what a Batch is.
type Kind uint8

// Kinds of batches, in the order in which they come: one SyncBegin, any number
// of SyncItems, one SyncEnd, then Changes until the next SyncBegin. A list
// that broke off is begun again with another SyncBegin.
const (
	SyncBegin Kind = iota // a complete list begins
	SyncItems             // a part of the list, in key order within a prefix
	SyncEnd               // it is complete: keys that were not in it do not exist
	Changes               // what changed since, within a prefix in etcd's order and no revision split
)

// Batch is one delivery of Follow. It belongs to the receiver.
type Batch struct {
	Kind     Kind
	Count    int64     // SyncBegin: about how many keys the list has
	Revision int64     // of the list, or of the last of the changes
	Received time.Time // when etcd's client handed it over
	Events   []Event   // SyncItems, Changes
}

// Event is one key that exists, has a new value, or was deleted.
type Event struct {
	Key     string
	Value   []byte // nil of a deleted key
	Deleted bool
}
