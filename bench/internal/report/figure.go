package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// Figure is one measured value. bench/README.md lists the names and which of
// the fields each has.
type Figure struct {
	Name    string  `json:"name"`
	Names   int     `json:"names,omitempty"`   // in the snapshot
	Queries int     `json:"queries,omitempty"` // in the capture
	Kind    string  `json:"kind,omitempty"`    // of query
	Batch   int     `json:"batch,omitempty"`   // queries handed to the engine together
	Pages   string  `json:"pages,omitempty"`   // behind the snapshot: huge or small
	Cores   int     `json:"cores,omitempty"`   // that poll
	Load    float64 `json:"load,omitempty"`    // share of the top rate
	From    string  `json:"from,omitempty"`    // what a delay is counted from
	During  string  `json:"during,omitempty"`  // what else went on
	Value   float64 `json:"value"`             // ours
	Unit    string  `json:"unit"`              // of every value of the line
	*Percentiles
	Median    float64 `json:"median,omitempty"` // over the rounds of which the value is the best
	Peer      string  `json:"peer,omitempty"`   // measured beside, in the same run
	PeerValue float64 `json:"peer_value,omitempty"`
	Bar       float64 `json:"bar,omitempty"` // the value is to be at most this
	Machine   string  `json:"machine"`       // set by Print
}

// Percentiles of a distribution, whose p99 is the figure's value.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// Print writes the figure's line.
func (f Figure) Print(w io.Writer) {
	f.Machine = Machine()
	for _, v := range []*float64{&f.Value, &f.Median, &f.PeerValue, &f.Bar} {
		*v = round(*v)
	}
	if p := f.Percentiles; p != nil {
		f.Percentiles = &Percentiles{round(p.P50), round(p.P99)}
	}
	line, err := json.Marshal(f)
	if err != nil {
		panic(err) // NaN or infinite: a measurement that was not made
	}
	fmt.Fprintf(w, "FIGURE %s\n", line)
}

// round keeps four digits, and all before the point: more is noise.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	digits := max(0, 3-math.Floor(math.Log10(math.Abs(v))))
	scale := math.Pow(10, digits)
	return math.Round(v*scale) / scale
}
