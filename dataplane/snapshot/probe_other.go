//go:build !amd64

package snapshot

func (v *View) candidates(hash, off []uint64) { v.candidatesGo(hash, off) }
