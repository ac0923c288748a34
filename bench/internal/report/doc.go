// Package report prints what a benchmark found: the machine and the versions,
// tables for people, and one FIGURE line for each figure, for programs.
package report
