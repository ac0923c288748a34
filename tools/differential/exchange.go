package differential

import (
	"errors"
	"os"
	"time"

	"github.com/miekg/dns"
)

// Times of one exchange: how often a query is sent, and how long its reply is
// waited for each time.
const (
	tries = 40
	wait  = 500 * time.Millisecond
)

// exchange sends queries, which have different ids, and gives the reply to
// each; nil where there is none.
func (p *peer) exchange(queries [][]byte) ([][]byte, error) {
	replies := make([][]byte, len(queries))
	at := make(map[uint16]int, len(queries))
	for i, q := range queries {
		at[id(q)] = i
	}
	missing := len(queries)
	for range tries {
		for i, q := range queries {
			if replies[i] == nil {
				if _, err := p.conn.Write(q); err != nil {
					return nil, err
				}
			}
		}
		p.conn.SetReadDeadline(time.Now().Add(wait))
		for missing > 0 {
			n, err := p.conn.Read(p.buffer[:])
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return nil, err
			}
			if i, ours := at[id(p.buffer[:n])]; ours && n >= 12 && replies[i] == nil {
				replies[i] = append([]byte{}, p.buffer[:n]...)
				missing--
			}
		}
		if missing == 0 {
			break
		}
	}
	return replies, nil
}

// stream asks one query over TCP.
func (p *peer) stream(query []byte) ([]byte, error) {
	conn, err := dns.DialTimeout("tcp", p.addr, tries*wait)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(tries * wait))
	if _, err := conn.Write(query); err != nil {
		return nil, err
	}
	n, err := conn.Read(p.buffer[:])
	return append([]byte{}, p.buffer[:n]...), err
}

func id(msg []byte) uint16 { return uint16(msg[0])<<8 | uint16(msg[1]) }
