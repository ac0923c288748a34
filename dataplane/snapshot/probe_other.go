//go:build !amd64

package snapshot

func (m memory) candidates(hash, off []uint64) { m.candidatesGo(hash, off) }
