package chaos

import "time"

// gateFaults cut off by proxies, where there are no network namespaces.
var gateFaults = []fault{
	{"cut a member off from its clients", func(w *world, hurt time.Duration) {
		m := w.member()
		m.Clients.Shut()
		time.Sleep(hurt)
		if w.rand.IntN(2) == 0 {
			m.Clients.Cut()
		}
		m.Clients.Open()
	}},
	{"cut control off from all of etcd", func(w *world, hurt time.Duration) {
		for _, m := range w.members {
			m.Clients.Shut()
		}
		time.Sleep(hurt)
		cut := w.rand.IntN(2) == 0
		for _, m := range w.members {
			if cut {
				m.Clients.Cut()
			}
			m.Clients.Open()
		}
	}},
	{"cut a member off from the others", func(w *world, hurt time.Duration) {
		m := w.member()
		m.Peer.Shut()
		time.Sleep(hurt)
		m.Peer.Open()
	}},
}
