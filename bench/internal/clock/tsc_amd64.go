package clock

// tsc reads the time stamp counter.
func tsc() uint64
