package worker

import (
	"bytes"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/dataplane/netio"
)

// TestRunAnswers verifies that every query of a queue is answered from the
// snapshot and counted, and that closing the queue ends the worker.
func TestRunAnswers(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir)
	_, slot := open(t, dir)
	q := netio.NewMemQueue([]netio.Message{query(t, "www.example."), query(t, "none.example."), query(t, "elsewhere.test.")}, 100)
	rcodes := map[int]int{}
	q.OnReply = func(_ int, reply []byte) {
		var m dns.Msg
		if err := m.Unpack(reply); err != nil {
			t.Errorf("reply: %v", err)
		}
		rcodes[m.Rcode]++
	}
	w := newWorker(t, q, slot, new(bytes.Buffer))
	start(t, w)()
	for rcode, verdict := range map[int]engine.Verdict{
		dns.RcodeSuccess: engine.Answered, dns.RcodeNameError: engine.NXDomain, dns.RcodeRefused: engine.Refused,
	} {
		if rcodes[rcode] != 100 || w.Counters.Verdict(verdict) != 100 {
			t.Errorf("%s: %d replies and %d counted, want 100", dns.RcodeToString[rcode], rcodes[rcode], w.Counters.Verdict(verdict))
		}
	}
}

// TestRunWithoutSnapshot verifies SERVFAIL while there is no snapshot.
func TestRunWithoutSnapshot(t *testing.T) {
	_, slot := open(t, t.TempDir())
	q := netio.NewMemQueue([]netio.Message{query(t, "www.example.")}, 1)
	w := newWorker(t, q, slot, new(bytes.Buffer))
	start(t, w)()
	if n := w.Counters.Verdict(engine.ServFail); n != 1 {
		t.Errorf("%d times SERVFAIL, want 1", n)
	}
}

// TestRunSurvivesFault verifies that a snapshot file that somebody shortened
// does not end the process: SERVFAIL, until there is a new generation.
func TestRunSurvivesFault(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir).Close()
	r, slot := open(t, dir)

	rcodes := make(chan int)
	q := netio.NewMemQueue([]netio.Message{query(t, "www.example.")}, 0)
	q.OnReply = func(_ int, reply []byte) {
		select {
		case rcodes <- int(reply[3] & 15):
		default:
		}
	}
	var log bytes.Buffer
	w := newWorker(t, q, slot, &log)
	stop := start(t, w)
	await(t, rcodes, dns.RcodeSuccess)

	shorten(t, dir, "generation-*")
	await(t, rcodes, dns.RcodeServerFailure)
	if w.Counters.Lost() == 0 {
		t.Error("the batch that met the fault is not counted as lost")
	}

	publish(t, dir)
	if changed, err := r.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh: changed %v, %v", changed, err)
	}
	await(t, rcodes, dns.RcodeSuccess)
	stop()
	if !strings.Contains(log.String(), "cannot be read") {
		t.Errorf("the log does not tell of the fault: %s", &log)
	}
}

// TestShortRootIsServfail verifies that where somebody shortened root or readers
// queries get SERVFAIL, that this is reported once, and that the files are used
// again when control has made them whole. The queries were dropped.
func TestShortRootIsServfail(t *testing.T) {
	for _, file := range []string{"root", "readers", "r*"} {
		t.Run(file, func(t *testing.T) { shortRoot(t, file) })
	}
}

func shortRoot(t *testing.T, file string) {
	dir := t.TempDir()
	publish(t, dir).Close()
	r, slot := open(t, dir)
	rcodes := make(chan int)
	q := netio.NewMemQueue([]netio.Message{query(t, "www.example.")}, 0)
	q.OnReply = func(_ int, reply []byte) {
		select {
		case rcodes <- int(reply[3] & 15):
		default:
		}
	}
	var log bytes.Buffer
	w := newWorker(t, q, slot, &log)
	stop := start(t, w)
	await(t, rcodes, dns.RcodeSuccess)
	shorten(t, dir, file)
	await(t, rcodes, dns.RcodeServerFailure)
	if _, err := r.Refresh(); err == nil && file != "readers" {
		t.Error("Refresh sees nothing wrong")
	}
	publish(t, dir)
	if _, err := r.Refresh(); err != nil {
		t.Fatalf("Refresh: %v", err)
	}
	await(t, rcodes, dns.RcodeSuccess)
	if n := w.Counters.Lost(); n != 0 {
		t.Errorf("%d queries are lost", n)
	}
	stop()
	if n := strings.Count(log.String(), "cannot be read"); n != 1 {
		t.Errorf("reported %d times, want 1: %s", n, &log)
	}
}

// TestRunSurvivesDefect verifies that a panic of the engine costs a batch, not
// the process, and is reported once.
func TestRunSurvivesDefect(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir)
	_, slot := open(t, dir)
	q := netio.NewMemQueue([]netio.Message{query(t, "www.example.")}, 3*engine.BatchSize)
	q.OnReply = func(int, []byte) { t.Error("a reply of a batch that failed") }
	var log bytes.Buffer
	w := newWorker(t, q, slot, &log)
	w.Engine = nil
	start(t, w)()
	if n := w.Counters.Lost(); n != 3*engine.BatchSize {
		t.Errorf("%d queries lost, want %d", n, 3*engine.BatchSize)
	}
	if n := strings.Count(log.String(), "a defect"); n != 1 {
		t.Errorf("reported %d times, want 1: %s", n, &log)
	}
}

// TestRunForeignCore verifies that a core that is not there is named.
func TestRunForeignCore(t *testing.T) {
	w := newWorker(t, netio.NewMemQueue(nil, 1), nil, new(bytes.Buffer))
	w.Core = 1023
	errs := make(chan error)
	go func() { errs <- w.Run() }()
	if err := <-errs; err == nil || !strings.Contains(err.Error(), "core 1023") {
		t.Errorf("error %v, want one that names the core", err)
	}
}

// TestTurnAllocations verifies that answering and counting allocate nothing.
func TestTurnAllocations(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir)
	_, slot := open(t, dir)
	q := netio.NewMemQueue([]netio.Message{query(t, "www.example."), query(t, "none.example."), {Msg: []byte("no query")}}, 0)
	w := newWorker(t, q, slot, new(bytes.Buffer))
	if n := testing.AllocsPerRun(100, func() { w.turn() }); n != 0 {
		t.Errorf("%v allocations a turn, want 0", n)
	}
}
