package configs

import (
	"context"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"syscall"

	"github.com/rs/zerolog"
)

// Keys are the keys of skydns.toml that a program reads, each as section.key,
// or a section alone for all of its keys.
type Keys struct {
	Live  []string // take effect while the program runs
	Fixed []string // take effect when it starts
}

// Follow reads the file at path again with each SIGHUP, until ctx ends, and
// calls apply with a copy of c in which the live keys have their new values.
// It opens the log file again, sets its level, and says in the log what has
// changed and what wants a restart. A file that is wrong changes nothing.
func Follow(ctx context.Context, path string, c *Config, keys Keys, out *LogOutput, log zerolog.Logger, apply func(*Config)) {
	hups := make(chan os.Signal, 1)
	signal.Notify(hups, syscall.SIGHUP)
	defer signal.Stop(hups)
	for {
		select {
		case <-hups:
		case <-ctx.Done():
			return
		}
		if err := out.Reopen(); err != nil {
			log.Error().Err(err).Msg("the log file cannot be opened again; the old one goes on")
		}
		read, err := Read(path)
		if err != nil {
			log.Error().Err(err).Msg("the configuration is wrong; nothing of it is changed")
			continue
		}
		next, live, fixed := c.with(read, keys)
		out.SetLevel(next.Log.Level)
		apply(next)
		c = next
		log.Info().Strs("changed", live).Msg("configuration read again")
		if len(fixed) > 0 {
			log.Warn().Strs("keys", fixed).Msg("these keys changed too, and take effect with a restart")
		}
	}
}

// with is a copy of c that has the values of other where keys are live, and
// the names of the live and of the fixed keys that differ.
func (c *Config) with(other *Config, keys Keys) (next *Config, live, fixed []string) {
	copied := *c
	to, from := reflect.ValueOf(&copied).Elem(), reflect.ValueOf(other).Elem()
	for i := range to.NumField() {
		section := to.Type().Field(i).Tag.Get("toml")
		for j := range to.Field(i).NumField() {
			old, value := to.Field(i).Field(j), from.Field(i).Field(j)
			if reflect.DeepEqual(old.Interface(), value.Interface()) {
				continue
			}
			key := section + "." + to.Field(i).Type().Field(j).Tag.Get("toml")
			switch {
			case slices.Contains(keys.Live, key) || slices.Contains(keys.Live, section):
				old.Set(value)
				live = append(live, key)
			case slices.Contains(keys.Fixed, key) || slices.Contains(keys.Fixed, section):
				fixed = append(fixed, key)
			}
		}
	}
	return &copied, live, fixed
}
