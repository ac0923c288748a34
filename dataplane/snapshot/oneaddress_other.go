//go:build !amd64

package snapshot

func (v *View) oneAddresses(hash, off []uint64, msg [][]byte, length, found []uint8) {
	v.oneAddressesGo(hash, off, msg, length, found)
}
