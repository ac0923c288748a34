//go:build dpdk

package netio

// steer makes the flow rules that give the queries, and nothing else, to a port
// that was isolated.
func (p *dpdkPort) steer(c DPDKConfig) error {
	if !p.steered {
		return nil
	}
	if err := p.port.Steer(c.Addresses, c.UDPPort, c.Queues); err != nil {
		return err
	}
	c.Log.Info().Int("rules", len(c.Addresses)).Msg("flow rules give the port its queries; the rest is the kernel's")
	return nil
}

// close closes the port. Its flow rules go first, so that no query comes to
// queues that nobody reads.
func (p *dpdkPort) close(queues int) error {
	if p.steered {
		if err := p.port.Unsteer(); err != nil {
			p.log.Warn().Err(err).Msg("flow rules may be left behind")
		}
	}
	return p.port.Close(queues)
}
