package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
)

// Bounds on slow clients.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	replyTimeout  = 2 * time.Minute // a list of all names included
	idleTimeout   = 2 * time.Minute
)

// Listen takes the interface's address, with TLS where a certificate is
// configured. A certificate that is renewed in its files is used without a
// restart.
func Listen(c configs.SkydnsApi, log zerolog.Logger) (net.Listener, error) {
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("api-address: %w", err)
	}
	if c.CertFile == "" {
		return listener, nil
	}
	certs, err := newCertificates(c.CertFile, c.KeyFile, log)
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("tls-certfile: %w", err)
	}
	return tls.NewListener(listener, &tls.Config{GetCertificate: certs.get, MinVersion: tls.VersionTLS12}), nil
}

// bounds are how long the end of the program waits, each behind the one before.
// Their sum is less than the TimeoutStopSec= of control's unit.
type bounds struct {
	drain  time.Duration // for all requests under way
	finish time.Duration // for the changes among them
	giveUp time.Duration // for changes that are given up, and have their audit lines still to write
	answer time.Duration // for what changes have to say
}

var defaultBounds = bounds{drain: 10 * time.Second, finish: 10 * time.Second, giveUp: 3 * time.Second, answer: time.Second}

// Serve answers on listener until ctx ends; then it takes no new request and
// waits a bounded time for those under way. When it returns, every change that
// etcd may have has its audit line. It closes listener.
func (i *Interface) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: i, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: replyTimeout, IdleTimeout: idleTimeout,
		ErrorLog: stdlog.New(connectionLog{i.log}, "", 0),
	}
	beside, stop := context.WithCancel(ctx)
	var adopting sync.WaitGroup
	adopting.Go(func() { i.adopter.run(beside) })
	defer adopting.Wait()
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("serve the REST interface: %w", err)
	case <-ctx.Done():
	}
	return errors.Join(err, i.end(server))
}

// end takes no new request, and waits for those under way: at last for changes
// alone, and not for clients that are slow to ask or to read.
func (i *Interface) end(server *http.Server) error {
	err := shutdown(server, i.bounds.drain)
	changed := i.underWay.close()
	if !waited(changed, i.bounds.finish) {
		i.underWay.giveUp()
		if !waited(changed, i.bounds.giveUp) {
			i.log.Error().Msg("control ends while a change hangs: it may have no audit line")
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		if err = shutdown(server, i.bounds.answer); errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("end the REST interface: %w", err)
	}
	return nil
}

// shutdown waits at most so long for requests under way.
func shutdown(server *http.Server, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return server.Shutdown(ctx)
}

// waited tells whether a channel is closed before some time has passed.
func waited(done <-chan struct{}, wait time.Duration) bool {
	select {
	case <-done:
		return true
	case <-time.After(wait):
		return false
	}
}

// connectionLog takes what net/http says of connections, such as those whose
// TLS handshake fails: a client's fault, in one line.
type connectionLog struct{ log zerolog.Logger }

// Write implements io.Writer.
func (l connectionLog) Write(line []byte) (int, error) {
	text, _, _ := strings.Cut(string(line), "\n")
	l.log.Warn().Str("problem", text).Msg("REST connection")
	return len(line), nil
}
