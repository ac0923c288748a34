// Package service tells the service manager how a program is: sd_notify(3) of
// systemd, which others understand too. Without a manager that asks, it does
// nothing. It must not decide anything: a manager that is not there, or does not
// listen, changes nothing of what a program does.
package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// Notify sends states to the manager, one a line, such as "READY=1". It is an
// error if the manager asked to be told and cannot be.
func Notify(states string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	if path[0] == '@' { // of the abstract name space
		path = "\x00" + path[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	_, err = c.Write([]byte(states))
	if err = errors.Join(err, c.Close()); err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	return nil
}

// Watchdog is how soon the manager ends this process after its last sign of
// life (WatchdogSec= of the unit); 0 if it does not watch it.
func Watchdog() time.Duration {
	usec, err := strconv.ParseUint(os.Getenv("WATCHDOG_USEC"), 10, 62)
	if err != nil {
		return 0
	}
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond
}

// KeepAlive tells the manager that the program serves now, and gives a sign of
// life three times in the watchdog's time for as long as alive returns nil. It
// returns when ctx ends, having told that too. An error of alive goes to the
// manager's status, by which an operator finds why the program was ended.
func KeepAlive(ctx context.Context, alive func() error) error {
	err := Notify("READY=1\nSTATUS=serving")
	stuck := false
	sign := func() {
		state := "WATCHDOG=1"
		if cause := alive(); cause != nil {
			stuck, state = true, "STATUS=stuck: "+cause.Error()
		} else if stuck {
			stuck, state = false, "WATCHDOG=1\nSTATUS=serving"
		}
		_ = Notify(state) // the next may get through
	}
	if period := Watchdog() / 3; period > 0 {
		tick := time.NewTicker(period)
		defer tick.Stop()
		for sign(); ctx.Err() == nil; {
			select {
			case <-ctx.Done():
			case <-tick.C:
				sign()
			}
		}
	}
	<-ctx.Done()
	return errors.Join(err, Notify("STOPPING=1"))
}
