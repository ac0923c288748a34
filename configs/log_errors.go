package configs

import (
	"bytes"
	"encoding/json"
)

// keptErrors is how many lines Errors gives at most.
const keptErrors = 16

// keep remembers a line of the log.
func (o *LogOutput) keep(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.errors) == keptErrors {
		o.errors = o.errors[1:]
	}
	o.errors = append(o.errors, bytes.Clone(bytes.TrimSpace(line)))
}

// Errors are the last lines of level error and above, oldest first, each a
// JSON object.
func (o *LogOutput) Errors() []json.RawMessage {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]json.RawMessage, len(o.errors))
	for i, line := range o.errors {
		list[i] = line
	}
	return list
}
