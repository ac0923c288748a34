package publish

import (
	"encoding/binary"
	"slices"
)

// The weights that SkyDNS answers with: shares in totalWeight of those of one
// priority, where a record without one has as much as totalWeight, and at
// least 1.
const totalWeight = 100

// weigh makes the weights of SRV records, rdata each, shares.
func weigh(srvs [][]byte) {
	total := map[uint16]int{}
	for _, data := range srvs {
		total[binary.BigEndian.Uint16(data)] += weight(data)
	}
	for _, data := range srvs {
		share := totalWeight * weight(data) / total[binary.BigEndian.Uint16(data)]
		binary.BigEndian.PutUint16(data[2:], uint16(max(1, share)))
	}
}

func weight(srv []byte) int {
	if w := binary.BigEndian.Uint16(srv[2:]); w != 0 {
		return int(w)
	}
	return totalWeight
}

// once leaves of SRV records, rdata each, the first of those that differ in
// their weights alone.
func once(srvs [][]byte) [][]byte {
	seen := make(map[string]struct{}, len(srvs))
	return slices.DeleteFunc(srvs, func(data []byte) bool {
		id := string(data[:2]) + string(data[4:])
		_, twice := seen[id]
		seen[id] = struct{}{}
		return twice
	})
}
