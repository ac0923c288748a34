package publish

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// reporter says once of each key or name what is wrong with it, until it is
// well again.
type reporter struct {
	log     zerolog.Logger
	refused *prometheus.CounterVec // by reason

	known  map[uint64]struct{} // what is wrong now, by keyID
	before map[uint64]struct{} // what was wrong before the list under way
}

func newReporter(log zerolog.Logger) *reporter {
	return &reporter{log: log, known: map[uint64]struct{}{},
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skydns_publish_refused_total",
			Help: "Keys and names with something that is not served, by reason.",
		}, []string{"reason"})}
}

// begin starts a list of everything: what is wrong will be found again.
func (r *reporter) begin() { r.before, r.known = r.known, map[uint64]struct{}{} }

// end ends it: what was not found wrong again is forgotten.
func (r *reporter) end() { r.before = nil }

// refuse notes that what id stands for is not served.
func (r *reporter) refuse(id uint64, reason, what string, err error) {
	if _, ok := r.known[id]; ok {
		return
	}
	r.known[id] = struct{}{}
	if _, ok := r.before[id]; ok {
		return
	}
	r.refused.WithLabelValues(reason).Inc()
	r.log.Warn().Str("what", what).Str("reason", reason).Err(err).Msg("not served")
}

// well notes that nothing is wrong with what id stands for.
func (r *reporter) well(id uint64) { delete(r.known, id) }
