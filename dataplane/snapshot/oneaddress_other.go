//go:build !amd64

package snapshot

// OneAddresses looks whether the candidates of a batch of queries hold one A
// record each, have the lower-case names that stand behind the headers of the
// messages, of length[i] octets each as wire.Scans tells, and have nothing
// above them that can matter: it puts the offsets of these records, the whole
// answers to most queries, into record. 0 says that there is more to look at.
// A length of 0 stands for a query that is not to be looked at.
func (v *View) OneAddresses(off []uint64, msg [][]byte, length []uint8, record []uint64) {
	v.oneAddressesGo(off, msg, length, record)
}
