package exception

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// netlink is a socket to the kernel's network configuration (rtnetlink(7)).
type netlink struct{ fd int }

func openNetlink() (netlink, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	return netlink{fd}, err
}

func (s netlink) close() { unix.Close(s.fd) }

// ask sends one request and waits for what the kernel says to it.
func (s netlink) ask(r request) error {
	binary.NativeEndian.PutUint32(r, uint32(len(r)))
	if err := unix.Sendto(s.fd, r, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(s.fd, answer, 0)
	if err != nil {
		return err
	}
	// struct nlmsghdr, and in it the number of an error, 0 if there is none.
	if n < unix.SizeofNlMsghdr+4 || binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return errors.New("the kernel answers what was not asked")
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
		return unix.Errno(-code)
	}
	return nil
}

// request is a netlink message in the making; ask fills in its length.
type request []byte

// newRequest is the header of a message that is to be acknowledged.
func newRequest(kind, flags uint16) request {
	r := make(request, unix.SizeofNlMsghdr)
	binary.NativeEndian.PutUint16(r[4:], kind)
	binary.NativeEndian.PutUint16(r[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK|flags)
	return r
}

// attribute appends an attribute (struct rtattr), filled up to four octets.
func (r request) attribute(kind uint16, value []byte) request {
	r = binary.NativeEndian.AppendUint16(r, uint16(unix.SizeofRtAttr+len(value)))
	r = binary.NativeEndian.AppendUint16(r, kind)
	r = append(r, value...)
	return append(r, make([]byte, -len(value)&3)...)
}
