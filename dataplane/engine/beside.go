package engine

import (
	"github.com/ipdcode/skydns/dataplane/snapshot"
	"github.com/ipdcode/skydns/dataplane/wire"
)

// isBeside reports whether an address RRset at a node is the whole answer to a
// question for it, for sure and without another probe, although its zone has
// cuts or DNAMEs: none is at the node, and none at fewer labels. Delegations
// right below an apex so cost the names beside them next to nothing.
func isBeside(v *snapshot.View, node snapshot.Node) bool {
	zone := v.Zone(node.Zone())
	return zone != nil && node.Flags()&snapshot.Cut == 0 && wire.Labels(node.Name()) <= zone.FirstCut()
}
