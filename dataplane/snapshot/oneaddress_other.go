//go:build !amd64

package snapshot

func (v *View) oneAddresses(hash, off []uint64, msg [][]byte, length []uint8, record []uint64) {
	v.oneAddressesGo(hash, off, msg, length, record)
}
