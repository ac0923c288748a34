package stats

// tsc reads the processor's time stamp counter, which counts at one rate
// whatever the core's frequency is.
func tsc() uint64
