package api

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// answerWithin is how long the interface may take to answer itself, where
	// no request waits for anything but the processor.
	answerWithin = 5 * time.Second

	// hungAfter is how long no request can be under way: slow clients and an
	// etcd that is away end it much sooner (bodyTimeout, listTimeout for the
	// change and once more for what it adopts, replyTimeout).
	hungAfter = 5 * time.Minute
)

// Alive is an error if requests hang, in the handlers that all have in common
// or in one of their own. That etcd is away is none: who waits for it is
// answered in time. One goroutine at a time calls it.
func (i *Interface) Alive() error {
	if i.probe == nil { // else the one before has not been answered
		i.probe = make(chan int, 1)
		go func(answer chan<- int) {
			r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, healthPath, nil) // a constant
			var w probeWriter
			i.ServeHTTP(&w, r)
			answer <- w.code
		}(i.probe)
	}
	select {
	case code := <-i.probe:
		if i.probe = nil; code != http.StatusOK {
			return fmt.Errorf("REST answers %d to GET %s", code, healthPath)
		}
	case <-time.After(i.answerWithin):
		return fmt.Errorf("REST has not answered GET %s for %v", healthPath, i.answerWithin)
	}
	if path, age := i.underWay.oldest(); age > hungAfter {
		return fmt.Errorf("a REST request of %q has been under way for %v", oneLine(path), age.Round(time.Second))
	}
	return nil
}

// probeWriter keeps an answer's status code.
type probeWriter struct {
	header http.Header
	code   int
}

// Header implements http.ResponseWriter.
func (w *probeWriter) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

// WriteHeader implements http.ResponseWriter.
func (w *probeWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

// Write implements http.ResponseWriter.
func (w *probeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return len(p), nil
}
