//go:build !amd64

package frame

import "unsafe"

// ParseUsual takes no frame on this processor: all are for Parse.
func (l *Local) ParseUsual(data []unsafe.Pointer, length, room, size []uint16) { clear(size) }

// ReplyUsual has nothing to do where ParseUsual takes no frame.
func ReplyUsual(data []unsafe.Pointer, size, length []uint16) {}
