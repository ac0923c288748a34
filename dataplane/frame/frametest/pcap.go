package frametest

import (
	"encoding/binary"
	"fmt"
	"io"
)

// WritePcap writes frames as a capture of link type Ethernet, in the classic
// libpcap format (microseconds, little-endian), all at time 0.
func WritePcap(w io.Writer, frames [][]byte) error {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = binary.LittleEndian.AppendUint16(b, 2) // version 2.4
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)              // time zone, accuracy
	b = binary.LittleEndian.AppendUint32(b, 65535) // longest frame
	b = binary.LittleEndian.AppendUint32(b, 1)     // LINKTYPE_ETHERNET
	for _, f := range frames {
		b = append(b, make([]byte, 8)...) // time
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
		if len(b) >= 1<<16 {
			if _, err := w.Write(b); err != nil {
				return fmt.Errorf("writing the capture: %w", err)
			}
			b = b[:0]
		}
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("writing the capture: %w", err)
	}
	return nil
}

// ReadPcap reads what WritePcap or a capture program with the same format and
// octet order wrote, and returns the frames as captured.
func ReadPcap(r io.Reader) ([][]byte, error) {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("reading the capture's header: %w", err)
	}
	if m := binary.LittleEndian.Uint32(head[:]); m != 0xa1b2c3d4 && m != 0xa1b23c4d {
		return nil, fmt.Errorf("not a little-endian pcap file: it starts with %08x", m)
	}
	var frames [][]byte
	for {
		var rec [16]byte
		if _, err := io.ReadFull(r, rec[:]); err == io.EOF {
			return frames, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading frame %d: %w", len(frames)+1, err)
		}
		n := binary.LittleEndian.Uint32(rec[8:])
		if n > 1<<18 {
			return nil, fmt.Errorf("reading frame %d: it claims %d octets", len(frames)+1, n)
		}
		f := make([]byte, n)
		if _, err := io.ReadFull(r, f); err != nil {
			return nil, fmt.Errorf("reading frame %d: %w", len(frames)+1, err)
		}
		frames = append(frames, f)
	}
}
