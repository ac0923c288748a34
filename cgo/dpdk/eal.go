//go:build dpdk

package dpdk

/*
#cgo pkg-config: libdpdk
#include <stdlib.h>
#include "eal.h"
*/
import "C"

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unsafe"
)

// setUp keeps set-up steps apart: their messages are captured one step at a time.
var setUp sync.Mutex

var (
	started bool     // rte_eal_init was called; DPDK allows that once
	atStart []string // what DPDK printed then
)

// Init starts EAL with its command line arguments (rte_eal_init), once in a
// process. said is what DPDK printed, line by line. The error says what to do
// about it in one line.
func Init(args []string) (said []string, err error) {
	setUp.Lock()
	defer setUp.Unlock()
	if started {
		return nil, errors.New("start DPDK: EAL was started before, and can be once in a process")
	}
	started = true
	argv := make([]*C.char, 0, len(args)+2)
	for _, a := range append([]string{"dataplane"}, args...) {
		argv = append(argv, C.CString(a)) // EAL keeps them
	}
	argv = append(argv, nil)
	var text *C.char
	rc := C.eal_start(C.int(len(args)+1), &argv[0], &text)
	said = lines(text)
	atStart = said
	if rc < 0 {
		return said, explain("start DPDK", errno(rc), said)
	}
	return said, nil
}

// Attach adds a device by its arguments, as --vdev does (rte_dev_probe).
func Attach(args string) error {
	setUp.Lock()
	defer setUp.Unlock()
	arg := C.CString(args)
	defer C.free(unsafe.Pointer(arg))
	var text *C.char
	if rc := C.eal_attach(arg, &text); rc < 0 {
		return explain("add the device "+args, errno(rc), lines(text))
	}
	C.free(unsafe.Pointer(text))
	return nil
}

// RegisterThread makes the calling thread known to DPDK (rte_thread_register),
// without which it takes every frame from the shared pool. The goroutine must
// be locked to its thread until UnregisterThread.
func RegisterThread() error {
	if rc := C.eal_register_thread(); rc < 0 {
		return explain("register a poll loop's thread with DPDK", errno(rc), nil)
	}
	return nil
}

// UnregisterThread undoes RegisterThread (rte_thread_unregister).
func UnregisterThread() { C.eal_unregister_thread() }

// errno is the error of a negative return code, with DPDK's text for it.
func errno(rc C.int) error {
	return dpdkError{syscall.Errno(-rc), C.GoString(C.eal_strerror(-rc))}
}

// lines splits what DPDK printed, without its list of options, and frees it.
func lines(text *C.char) []string {
	defer C.free(unsafe.Pointer(text))
	said := strings.FieldsFunc(C.GoString(text), func(r rune) bool { return r == '\n' })
	if i := slices.IndexFunc(said, func(l string) bool { return strings.HasPrefix(l, "Usage:") }); i >= 0 {
		said = said[:i]
	}
	return said
}
