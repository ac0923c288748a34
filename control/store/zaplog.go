package store

import (
	"sync/atomic"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// zapLogger is a logger for etcd's own code that writes to ours, from
// warnings up; while quiet, at level debug.
func zapLogger(log zerolog.Logger, quiet *atomic.Bool) *zap.Logger {
	return zap.New(zapCore{log: log, quiet: quiet})
}

// zapCore writes zap's entries with zerolog.
type zapCore struct {
	log    zerolog.Logger
	quiet  *atomic.Bool
	fields []zapcore.Field
}

// Enabled implements zapcore.LevelEnabler.
func (c zapCore) Enabled(l zapcore.Level) bool { return l >= zapcore.WarnLevel }

// With implements zapcore.Core.
func (c zapCore) With(fields []zapcore.Field) zapcore.Core {
	c.fields = append(c.fields[:len(c.fields):len(c.fields)], fields...)
	return c
}

// Check implements zapcore.Core.
func (c zapCore) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write implements zapcore.Core. Fatal entries are written as errors: zap
// itself ends the process.
func (c zapCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	enc := zapcore.NewMapObjectEncoder()
	for _, f := range append(c.fields[:len(c.fields):len(c.fields)], fields...) {
		f.AddTo(enc)
	}
	level := zerolog.ErrorLevel
	switch {
	case c.quiet.Load():
		level = zerolog.DebugLevel
	case e.Level == zapcore.WarnLevel:
		level = zerolog.WarnLevel
	}
	c.log.WithLevel(level).Fields(enc.Fields).Msg("etcd: " + e.Message)
	return nil
}

// Sync implements zapcore.Core.
func (c zapCore) Sync() error { return nil }
