//go:build !amd64

package snapshot

// OneAddresses looks which queries of a batch ask for type A and have a
// candidate that is the name asked for and holds one A record, with nothing
// above it that can matter: it puts the offset of this record, the whole answer
// to most queries, into record; 0 says that there is more to look at. The
// messages and length are what wire.Questions read; a length of 0 stands for a
// query that is not to be looked at.
func (v *View) OneAddresses(off []uint64, msg [][]byte, length []uint8, record []uint64) {
	v.oneAddressesGo(off, msg, length, record)
}
