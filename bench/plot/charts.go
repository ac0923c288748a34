package main

import "fmt"

// cycles is the cycles of a query over the number of names.
func cycles(figures []figure) *chart {
	c := &chart{title: "The DPDK loop on one core: cycles a query", x: "names in the snapshot", y: "TSC cycles", logX: true}
	for _, f := range figures {
		if f.Name != "dpdk.cycles_per_query" {
			continue
		}
		c.add(fmt.Sprintf("receive, answer, transmit; %d queries", f.Queries), float64(f.Names), f.Value)
		c.add(fmt.Sprintf("testpmd 5tswap; %d queries", f.Queries), float64(f.Names), f.PeerValue)
		c.machine = f.Machine
	}
	return c
}

// cores is the rate over the number of cores.
func cores(figures []figure) *chart {
	c := &chart{title: "The DPDK loop: queries answered a second", x: "cores", y: "million queries/s", mostX: 3}
	for _, f := range figures {
		if f.Name == "dpdk.queries_per_second" {
			c.add(fmt.Sprintf("%d names", f.Names), float64(f.Cores), f.Value/1e6)
			c.machine = f.Machine
		}
	}
	return c
}

// latency is the time of answers over the share of the top rate.
func latency(figures []figure) *chart {
	c := &chart{title: "Two processes over net_memif: time of answers, from when the query was due", x: "% of the top rate", y: "µs", logY: true, mostX: 100}
	for _, f := range figures {
		if f.Name != "memif.answer_us" || f.During != "nothing else" {
			continue
		}
		load := 100 * f.Load
		c.add("p50", load, f.P50)
		c.add("p99", load, f.P99)
		c.add("p99.9", load, f.Value)
		c.machine = f.Machine
	}
	return c
}
