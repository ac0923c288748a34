// Package configs is the configuration of the project's programs: the schema
// of skydns.toml, its strict reading, the flags that every program takes and
// the set-up of the log.
//
// Read gives a Config that is complete and valid, or an error with one line
// for each thing that is wrong, each with file, line, section and key. The
// package starts nothing, and imports nothing of the project, so that
// dataplane, control and the tools may all import it.
package configs
