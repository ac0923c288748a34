package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// DefaultTTL is the TTL in seconds of a record that states none.
const DefaultTTL = 30

// maxTTL is the highest TTL that RFC 2181 section 8 allows.
const maxTTL = 1<<31 - 1

// Message is the value of a record's key, as JSON. The first group of fields
// is SkyDNS's, the second is ours.
type Message struct {
	Host        string `json:"host,omitempty"`        // an address or a domain name
	Port        uint16 `json:"port,omitempty"`        // SRV
	Priority    uint16 `json:"priority,omitempty"`    // SRV; the preference of an MX
	Weight      uint16 `json:"weight,omitempty"`      // SRV
	Text        string `json:"text,omitempty"`        // TXT, unescaped, of any length
	Mail        bool   `json:"mail,omitempty"`        // the record is an MX
	TTL         uint32 `json:"ttl,omitempty"`         // seconds; 0: DefaultTTL
	TargetStrip uint8  `json:"targetstrip,omitempty"` // labels to take off the left of an SRV's or MX's target
	Group       string `json:"group,omitempty"`

	Type    string `json:"type,omitempty"`    // mnemonic or TYPEnnn; empty: as SkyDNS takes it
	Rdata   string `json:"rdata,omitempty"`   // in presentation form, or \# of RFC 3597; then Host and the like count for nothing
	User    string `json:"user,omitempty"`    // the owner
	Source  string `json:"source,omitempty"`  // the program that wrote it
	Cluster string `json:"cluster,omitempty"` // the Kubernetes cluster it describes
}

// Kinds of error that Parse and New return.
var (
	ErrKey   = errors.New("bad key")
	ErrValue = errors.New("bad value")
	ErrType  = errors.New("bad type")
	ErrTTL   = errors.New("bad ttl")
	ErrData  = errors.New("bad data")
)

// Reason is the kind of an error of Parse or New in one word: key, value,
// type, ttl, data, or other.
func Reason(err error) string {
	for _, kind := range []error{ErrKey, ErrValue, ErrType, ErrTTL, ErrData} {
		if errors.Is(err, kind) {
			return strings.TrimPrefix(kind.Error(), "bad ")
		}
	}
	return "other"
}

// decode reads a value. Fields that it does not know are ignored: other
// programs add their own.
func decode(value []byte) (Message, error) {
	m, ok := scan(value)
	if !ok {
		var err error
		if m, err = unmarshal(value); err != nil {
			return m, err
		}
	}
	if m.TTL > maxTTL {
		return m, fmt.Errorf("%w: %d is above %d", ErrTTL, m.TTL, maxTTL)
	}
	return m, nil
}

// unmarshal reads any JSON.
func unmarshal(value []byte) (Message, error) {
	var m Message
	err := json.Unmarshal(value, &m)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) && wrong.Field != "" {
		return m, fmt.Errorf("%w: %s is a %s, want %s", ErrValue, wrong.Field, wrong.Value, wrong.Type)
	}
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return m, nil
}

// effectiveTTL is the TTL in seconds to answer with.
func (m *Message) effectiveTTL() uint32 {
	if m.TTL == 0 {
		return DefaultTTL
	}
	return m.TTL
}
