//go:build !amd64

package wire

// Scans is Scan for the names behind the headers of a batch of messages, each
// read up to its slice's capacity: length[i] and hash[i] are what Scan returns
// for msg[i]; 0 where that is longer than 64.
func Scans(msg [][]byte, seed uint64, length []uint8, hash []uint64) {
	scansGo(msg, seed, length[:len(msg)], hash[:len(msg)])
}
