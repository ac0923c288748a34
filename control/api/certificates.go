package api

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// certPause is how long the files of a certificate are not looked at again.
const certPause = time.Second

// certificates is the certificate in two files, as they are at the moment. One
// that cannot be read leaves the last good one in use. Any goroutine may use it.
type certificates struct {
	certFile, keyFile string
	log               zerolog.Logger

	mu     sync.Mutex
	now    *tls.Certificate
	files  [2]fileState // of now, or of what could not be read
	looked time.Time
	pause  time.Duration
}

// fileState tells one content of a file from another.
type fileState struct {
	size    int64
	changed time.Time
}

func newCertificates(certFile, keyFile string, log zerolog.Logger) (*certificates, error) {
	c := &certificates{certFile: certFile, keyFile: keyFile, log: log, pause: certPause}
	c.files = c.state()
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	c.now = &cert
	return c, err
}

func (c *certificates) state() [2]fileState {
	var s [2]fileState
	for i, path := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(path); err == nil {
			s[i] = fileState{info.Size(), info.ModTime()}
		}
	}
	return s
}

// get is tls.Config's GetCertificate.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < c.pause {
		return c.now, nil
	}
	c.looked = time.Now()
	files := c.state()
	if files == c.files {
		return c.now, nil
	}
	c.files = files
	cert, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		certificateFailures.Inc()
		c.log.Error().Err(err).Str("file", c.certFile).Msg("certificate cannot be read: the one before stays in use")
		return c.now, nil
	}
	c.now = &cert
	c.log.Info().Str("file", c.certFile).Msg("certificate read again")
	return c.now, nil
}
