package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/ipdcode/skydns/bench/internal/zone"
)

// Kinds of work beside, and what that says.
const (
	changing = "change"
	growing  = "grow"

	prepared = "prepared"
	finished = "finished"
)

const (
	changesASecond = 1000
	tick           = 10 * time.Millisecond // from some changes to the next
)

// work does the work of a kind with the writer of the snapshot in dir, until
// stdin ends. It says when it is prepared, and at the end that it has done it.
func work(kind, dir string, names int) (err error) {
	w := &worker{names: names}
	if w.snap, err = zone.Open(dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.snap.Close()) }()
	w.before = w.snap.Writer.Stats().Generation
	if kind == growing {
		if err := w.crowd(); err != nil {
			return err
		}
	}
	fmt.Println(prepared)
	stop := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	if err := w.change(stop); err != nil {
		return err
	}
	if kind == growing && w.snap.Writer.Stats().Generation == w.before {
		return errors.New("no new generation has replaced the one before: take longer (-time)")
	}
	fmt.Println(finished)
	return nil
}

// worker is the work under way.
type worker struct {
	snap   *zone.Snapshot
	names  int
	made   int    // changes
	before uint64 // the generation at the start
}

// crowd adds names until the writer begins a generation with room for more.
func (w *worker) crowd() error {
	for i := w.names; ; i++ {
		if err := w.snap.Change(i, zone.Address(i)); err != nil {
			return err
		}
		if i%64 != 0 {
			continue
		}
		files, err := filepath.Glob(filepath.Join(w.snap.Dir, "generation-*"))
		if err != nil || len(files) > 1 {
			return err
		}
	}
}

// change gives changesASecond names other addresses until stop is closed, and
// lets the writer go on with what is pending, as control does.
func (w *worker) change(stop <-chan struct{}) error {
	wait := time.NewTimer(0)
	for next := time.Now(); ; {
		select {
		case <-stop:
			return nil
		case <-wait.C:
		}
		for ; time.Now().After(next); next = next.Add(tick) {
			if err := w.some(); err != nil {
				return err
			}
		}
		more, err := w.snap.Writer.Tick()
		if err != nil {
			return err
		}
		if wait.Reset(time.Until(next)); more {
			wait.Reset(0)
		}
	}
}

// some makes the changes of one tick.
func (w *worker) some() error {
	for range changesASecond * int(tick/time.Millisecond) / 1000 {
		w.made++
		if err := w.snap.Change(w.made%w.names, zone.Address(w.made/w.names+w.made)); err != nil {
			return err
		}
	}
	return nil
}
