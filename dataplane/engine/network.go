package engine

// Network is the clients whose first bits are equal.
type Network struct {
	Client Client // one of them
	Bits   int    // 0 to 128; of an IPv4 network 96 more than those of its prefix
}

// networks is a list of them. Client has no other bits set than Bits tells.
type networks []Network

func newNetworks(list []Network) networks {
	ns := make(networks, len(list))
	for i, n := range list {
		ns[i] = Network{n.Client.mask(n.Bits), n.Bits}
	}
	return ns
}

// hold reports whether one of the networks is the client's.
func (ns networks) hold(c Client) bool {
	for _, n := range ns {
		if c.mask(n.Bits) == n.Client {
			return true
		}
	}
	return false
}

// is4 reports whether the client asks over IPv4.
func (c Client) is4() bool { return c.Hi == 0 && c.Lo>>32 == 0xffff }

// mask is the first n of the 128 bits.
func (c Client) mask(n int) Client {
	return Client{c.Hi & highBits(n), c.Lo & highBits(n-64)}
}

// highBits has the first n of 64 bits set.
func highBits(n int) uint64 {
	if n <= 0 {
		return 0
	}
	return ^uint64(0) << (64 - min(n, 64))
}
