// Package repocheck holds the tests of the tree itself: which package may
// import which, that every folder says what it is, that the build files agree
// with each other. It has no code of its own and is imported by nobody; what
// a program does is tested beside that program.
package repocheck
