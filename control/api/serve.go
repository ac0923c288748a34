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
	"time"

	"github.com/rs/zerolog"

	"github.com/ipdcode/skydns/configs"
)

// Bounds on slow clients, and on the wait for requests under way at the end.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	replyTimeout  = 2 * time.Minute // a list of all names included
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 10 * time.Second
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

// Serve answers on listener until ctx ends; then it takes no new request and
// waits a bounded time for those under way. It closes listener.
func Serve(ctx context.Context, listener net.Listener, h http.Handler, log zerolog.Logger) error {
	return serve(ctx, listener, h, log, drainTimeout)
}

func serve(ctx context.Context, listener net.Listener, h http.Handler, log zerolog.Logger, drain time.Duration) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: replyTimeout, IdleTimeout: idleTimeout,
		ErrorLog: stdlog.New(connectionLog{log}, "", 0),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the REST interface: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		return server.Close() // of clients that are slow to ask or to read
	} else if err != nil {
		return fmt.Errorf("end the REST interface: %w", err)
	}
	return nil
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
