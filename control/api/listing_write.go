package api

import (
	"encoding/json"
	"io"
	"net/http"
)

// listWriter answers names and what they hold as one JSON object, a part at a
// time.
type listWriter struct {
	to    http.ResponseWriter
	left  int // how many more names are wanted; 0: any number, and never fewer
	done  bool
	begun bool
}

// full tells that as many names are written as are wanted.
func (o *listWriter) full() bool { return o.done }

// write adds the names of a part, sorted, as many as are wanted.
func (o *listWriter) write(part listing) error {
	names := part.names()
	if o.left > 0 && len(names) >= o.left {
		names, o.done = names[:o.left], true
	}
	o.left -= min(o.left, len(names))
	for _, name := range names {
		if err := o.one(name, viewOf(part[name])); err != nil {
			return err
		}
	}
	return nil
}

func (o *listWriter) one(name string, v view) error {
	key, err := json.Marshal(name)
	if err != nil {
		return err
	}
	value, err := json.Marshal(v)
	if err != nil {
		return err
	}
	sep := ",\n"
	if !o.begun {
		sep = "{"
		o.begin()
	}
	for _, text := range []string{sep, string(key), ":", string(value)} {
		if _, err := io.WriteString(o.to, text); err != nil {
			return err
		}
	}
	return nil
}

func (o *listWriter) begin() {
	o.begun = true
	o.to.Header().Set("Content-Type", "application/json")
}

// end completes the answer.
func (o *listWriter) end() error {
	text := "}\n"
	if !o.begun {
		o.begin()
		text = "{}\n"
	}
	_, err := io.WriteString(o.to, text)
	return err
}

// fail is what becomes of an error: where the answer has begun, it is cut off,
// so that nobody takes it for a complete one.
func (o *listWriter) fail(err error) error {
	if o.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}
