package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/ipdcode/skydns/bench/internal/zone"
)

const (
	changesASecond = 1000

	// namesATick is how fast new names come while a generation grows: 100,000
	// a second.
	namesATick = 1000
	tick       = 10 * time.Millisecond
)

// askBeside asks at a rate while other work goes on, nil for none.
func (b *bench) askBeside(rate float64, work func(stop <-chan struct{}) error) (*result, error) {
	stop, ended := make(chan struct{}), make(chan error, 1)
	if work == nil {
		ended <- nil
	} else {
		go func() { ended <- work(stop) }()
	}
	r, err := b.ask("-T", fmt.Sprintf("%.0f", rate))
	close(stop)
	return r, errors.Join(err, <-ended)
}

// change makes changesASecond changes of addresses until stop is closed, with
// control's writer.
func (b *bench) change(stop <-chan struct{}) error {
	for n := 0; ; {
		select {
		case <-stop:
			return nil
		case <-time.After(tick):
		}
		for range changesASecond * int(tick/time.Millisecond) / 1000 {
			n++
			if err := b.snap.Change(n%b.names, zone.Address(n/b.names+n)); err != nil {
				return err
			}
		}
	}
}

// grow adds names until the generation that holds all of them is replaced by a
// larger one. It is an error if that has not come before stop is closed.
func (b *bench) grow(stop <-chan struct{}) error {
	before := b.snap.Writer.Stats().Generation
	for i := b.names; ; {
		select {
		case <-stop:
			return fmt.Errorf("no new generation although %d names are added: take longer (-time)", i-b.names)
		case <-time.After(tick):
		}
		for range namesATick {
			if err := b.snap.Change(i, zone.Address(i)); err != nil {
				return err
			}
			i++
		}
		if _, err := b.snap.Writer.Tick(); err != nil {
			return err
		}
		if b.snap.Writer.Stats().Generation != before {
			return nil
		}
	}
}
