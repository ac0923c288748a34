package cookie

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ipdcode/skydns/dataplane/snapshot"
)

// Stages of a secret (RFC 9018 section 5), and how long each lasts.
const (
	steady    = "steady"    // one secret
	announced = "announced" // the next one is accepted, so that all nodes know it before any uses it
	rolled    = "rolled"    // it is in use; cookies made with the one before are still accepted

	lifetime = 24 * time.Hour // RFC 7873 section 7.1: about a day
	spread   = 10 * time.Minute
	expiry   = 2 * time.Hour // twice what a cookie lasts: clocks differ
)

var errValue = errors.New("not the secrets of cookies: delete the key, and control makes new ones")

// Secrets is the value of Key.
type Secrets struct {
	Sign   string `json:"sign"`             // 16 octets in hex
	Accept string `json:"accept,omitempty"` // likewise
	Stage  string `json:"stage"`
	Since  int64  `json:"since"` // when the stage began, seconds since 1970
}

// fresh are the first secrets.
func fresh(now time.Time) Secrets {
	return Secrets{Sign: random(), Stage: steady, Since: now.Unix()}
}

func random() string {
	b := make([]byte, 16)
	rand.Read(b) //nolint:errcheck // never fails
	return hex.EncodeToString(b)
}

// next is the secrets of the stage that follows, once the present one has
// lasted long enough at the time now. One that began more than a lifetime from
// now was written by a clock that went wrong: waiting for it would stop the
// rotation.
func (s Secrets) next(now time.Time) (Secrets, bool) {
	lasted := now.Sub(time.Unix(s.Since, 0))
	due := func(length time.Duration) bool { return lasted >= length || lasted < -lifetime }
	n := Secrets{Since: now.Unix()}
	switch {
	case s.Stage == steady && due(lifetime):
		n.Sign, n.Accept, n.Stage = s.Sign, random(), announced
	case s.Stage == announced && due(spread):
		n.Sign, n.Accept, n.Stage = s.Accept, s.Sign, rolled
	case s.Stage == rolled && due(expiry):
		n.Sign, n.Stage = s.Sign, steady
	default:
		return s, false
	}
	return n, true
}

// parse reads the value of Key.
func parse(value []byte) (Secrets, error) {
	var s Secrets
	if err := json.Unmarshal(value, &s); err != nil {
		return Secrets{}, fmt.Errorf("%w (%w)", errValue, err)
	}
	if s.Stage != steady && s.Stage != announced && s.Stage != rolled || s.Sign == "" || (s.Accept == "") != (s.Stage == steady) {
		return Secrets{}, errValue
	}
	_, err := s.words()
	return s, err
}

// words is the secrets as the snapshot holds them.
func (s Secrets) words() (w snapshot.CookieSecrets, err error) {
	if w.Sign, err = words(s.Sign); err == nil && s.Accept != "" {
		w.Accept, err = words(s.Accept)
	}
	return w, err
}

func words(text string) (w [2]uint64, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		return w, errValue
	}
	return [2]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}, nil
}
