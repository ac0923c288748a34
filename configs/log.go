package configs

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
)

// OpenLog opens the log of a program: JSON lines at the end of
// <Dir>/<program>.log where Dir is set, and lines for people on stderr with
// ToStdio. The file is opened once and only appended to, so that logrotate's
// copytruncate fits it. The caller closes it when the program ends.
func OpenLog(l Log, program string) (zerolog.Logger, io.Closer, error) {
	var outputs []io.Writer
	var closer io.Closer = io.NopCloser(nil)
	if l.Dir != "" {
		if err := os.MkdirAll(l.Dir, 0o755); err != nil {
			return zerolog.Nop(), nil, fmt.Errorf("log-dir: %w", err)
		}
		f, err := os.OpenFile(filepath.Join(l.Dir, program+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return zerolog.Nop(), nil, fmt.Errorf("log-dir: %w", err)
		}
		outputs, closer = append(outputs, f), f
	}
	if l.ToStdio {
		outputs = append(outputs, zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true, TimeFormat: time.RFC3339})
	}
	log := zerolog.New(zerolog.MultiLevelWriter(outputs...)).Level(zerolog.Level(l.Level))
	return log.With().Timestamp().Str("program", program).Logger(), closer, nil
}
