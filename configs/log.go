package configs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// A log file that would grow beyond maxLogSize is renamed to <file>.1, the one
// before to <file>.2, and so on; keptLogs of them are kept.
const (
	maxLogSize = 100 << 20
	keptLogs   = 5
)

// The log says who changed what from where: it is for the group at most.
const (
	logDirMode  = 0o750
	logFileMode = 0o640
)

// OpenLog opens the log of a program: JSON lines at the end of
// <Dir>/<program>.log where Dir is set, and lines for people on stderr with
// ToStdio. The file does not grow without end; logrotate may take it away as
// well, with copytruncate or with SIGHUP (Follow). The caller closes the output
// when the program ends.
func OpenLog(l Log, program string) (zerolog.Logger, *LogOutput, error) {
	o := &LogOutput{max: maxLogSize}
	o.SetLevel(l.Level)
	if l.Dir != "" {
		if err := os.MkdirAll(l.Dir, logDirMode); err != nil {
			return zerolog.Nop(), nil, fmt.Errorf("log-dir: %w", err)
		}
		o.path = filepath.Join(l.Dir, program+".log")
		if err := o.Reopen(); err != nil {
			return zerolog.Nop(), nil, err
		}
	}
	if l.ToStdio {
		o.stderr = zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true, TimeFormat: time.RFC3339}
	}
	return zerolog.New(o).With().Timestamp().Str("program", program).Logger(), o, nil
}

// LogOutput is where the lines of a log go. Any goroutine may use it.
type LogOutput struct {
	level atomic.Int32

	mu     sync.Mutex
	path   string // empty: no file
	file   *os.File
	size   int64 // of the file, as far as this process knows
	max    int64
	stderr io.Writer // nil: none
	errors [][]byte  // the last lines of level error and above, oldest first
}

// SetLevel leaves out lines below a level from now on. Lines without a level
// stay: they are there whatever log-level is.
func (o *LogOutput) SetLevel(l Level) { o.level.Store(int32(l)) }

// Reopen opens the file again, which may have been renamed.
func (o *LogOutput) Reopen() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.path == "" {
		return nil
	}
	file, err := os.OpenFile(o.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, logFileMode)
	if err != nil {
		return fmt.Errorf("log-dir: %w", err)
	}
	if o.file != nil {
		o.file.Close()
	}
	o.file = file
	o.measure()
	return nil
}

// measure asks how large the file is: others may truncate it.
func (o *LogOutput) measure() {
	o.size = 0
	if info, err := o.file.Stat(); err == nil {
		o.size = info.Size()
	}
}

// WriteLevel implements zerolog.LevelWriter.
func (o *LogOutput) WriteLevel(l zerolog.Level, line []byte) (int, error) {
	if l < zerolog.Level(o.level.Load()) && l != zerolog.NoLevel {
		return len(line), nil
	}
	if l >= zerolog.ErrorLevel && l <= zerolog.PanicLevel {
		o.keep(line)
	}
	return o.Write(line)
}

// Write implements io.Writer.
func (o *LogOutput) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var errs error
	if o.file != nil {
		o.rotate(len(line))
		n, err := o.file.Write(line)
		o.size += int64(n)
		errs = err
	}
	if o.stderr != nil {
		_, err := o.stderr.Write(line)
		errs = errors.Join(errs, err)
	}
	return len(line), errs
}

// rotate begins a new file if there is no room for more octets. If that cannot
// be, the old one goes on.
func (o *LogOutput) rotate(more int) {
	if o.size+int64(more) <= o.max {
		return
	}
	if o.measure(); o.size+int64(more) <= o.max {
		return
	}
	for i := keptLogs - 1; i > 0; i-- {
		_ = os.Rename(fmt.Sprintf("%s.%d", o.path, i), fmt.Sprintf("%s.%d", o.path, i+1)) // most often there is none
	}
	if os.Rename(o.path, o.path+".1") != nil {
		return
	}
	file, err := os.OpenFile(o.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, logFileMode)
	if err != nil {
		return
	}
	o.file.Close()
	o.file, o.size = file, 0
}

// Close ends the log.
func (o *LogOutput) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		return nil
	}
	file := o.file
	o.file = nil
	return file.Close()
}
