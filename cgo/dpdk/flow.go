//go:build dpdk

package dpdk

// #include "port_flow.h"
import "C"

import (
	"fmt"
	"net/netip"
)

// Steer gives the first queues of a port that was started isolated the UDP that
// comes to its MAC, one of the addresses and udpPort (rte_flow_create). Several
// queues are fed by the 4-tuple. Rules that were made before one is refused stay.
func (p Port) Steer(addresses []netip.Addr, udpPort uint16, queues int) error {
	info, err := p.Info()
	if err != nil {
		return err
	}
	setUp.Lock()
	defer setUp.Unlock()
	for _, a := range addresses {
		a = a.Unmap()
		rule := C.struct_flow_rule{ipv6: flag(a.Is6()), udp_port: C.uint16_t(udpPort), queues: C.uint16_t(queues)}
		for i, b := range info.MAC {
			rule.mac[i] = C.uint8_t(b)
		}
		for i, b := range a.AsSlice() {
			rule.address[i] = C.uint8_t(b)
		}
		var why *C.char
		if rc := C.flow_add(C.uint16_t(p), &rule, &why); rc < 0 {
			return unshared(info.Name, fmt.Sprintf("rte_flow_create for %v", a), errno(rc), C.GoString(why), queues)
		}
	}
	return nil
}

// Unsteer removes all rules of the port (rte_flow_flush).
func (p Port) Unsteer() error {
	if rc := C.flow_flush(C.uint16_t(p)); rc < 0 {
		return explain(fmt.Sprintf("remove the flow rules of port %d", p), errno(rc), nil)
	}
	return nil
}
