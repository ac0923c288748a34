package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary serves as its own second process: SNAPSHOT_ROLE says what
// it does in SNAPSHOT_DIR. It prints a line when it is at work.
func TestMain(m *testing.M) {
	switch os.Getenv("SNAPSHOT_ROLE") {
	case "writer":
		writeUntilKilled(os.Getenv("SNAPSHOT_DIR"))
	case "reader":
		readUntilKilled(os.Getenv("SNAPSHOT_DIR"))
	}
	os.Exit(m.Run())
}

const processNames = 200

func processName(i int) string { return fmt.Sprintf("n%d.z%d.example.", i, i%7) }

// fatal ends a second process with what went wrong.
func fatal(err error) {
	fmt.Println("error:", err)
	os.Exit(1)
}

// role is a testing.TB that helpers in a second process can use.
type role struct{ testing.TB }

func (role) Helper()           {}
func (role) Fatal(args ...any) { fatal(fmt.Errorf("%s", fmt.Sprint(args...))) }

// writeUntilKilled resumes the snapshot, keeps every name but changes its
// version, lets others and zones come and go, and grows: all there is to be
// killed in.
func writeUntilKilled(dir string) {
	w, err := OpenWriter(Options{Dir: dir})
	if err != nil {
		fatal(err)
	}
	if w.Discarded != nil {
		fatal(w.Discarded)
	}
	rng := rand.New(rand.NewPCG(rand.Uint64(), 1))
	fmt.Println("at work")
	for i := 0; ; i++ {
		name := mustName(role{}, processName(rng.IntN(processNames)))
		if _, err := w.Put(name, versioned(2+rng.Uint32N(1<<20))); err != nil {
			fatal(err)
		}
		passing := mustName(role{}, fmt.Sprintf("p%d.q%d.passing.example.", rng.IntN(3000), rng.IntN(50)))
		if rng.IntN(2) == 0 {
			_, err = w.Put(passing, versioned(2+rng.Uint32N(1<<20)))
		} else {
			_, err = w.Put(passing, nil)
		}
		if err != nil {
			fatal(err)
		}
		if i%8 == 0 {
			if err := passZone(w, rng); err != nil {
				fatal(err)
			}
		}
		if i%16 == 0 {
			if _, err := w.Tick(); err != nil {
				fatal(err)
			}
		}
	}
}

// passZone lets a zone or a cut come or go, above names of others, within others
// or within none.
func passZone(w *Writer, rng *rand.Rand) error {
	apexes := []string{"example.", "passing.example.", "z1.example.", fmt.Sprintf("q%d.passing.example.", rng.IntN(50)), fmt.Sprintf("o%d.", rng.IntN(50))}
	sets := [][]RRset{nil, {soa(role{}, 1, 1)}, {ns(role{}, "ns.elsewhere.")}, {soa(role{}, 1, 1), ns(role{}, "ns.elsewhere.")}}[rng.IntN(4)]
	_, err := w.Put(mustName(role{}, apexes[rng.IntN(len(apexes))]), sets)
	return err
}

// readUntilKilled looks every name up again and again, and ends with an error
// if one is missing or not whole.
func readUntilKilled(dir string) {
	r := OpenReader(dir)
	slot, err := r.NewSlot()
	if err != nil {
		fatal(err)
	}
	for turn := 0; ; turn++ {
		if _, err := r.Refresh(); err != nil {
			fatal(err)
		}
		v := slot.Enter()
		if v == nil {
			fatal(fmt.Errorf("no snapshot"))
		}
		for i := range processNames {
			n := lookup(v, mustName(role{}, processName(i)))
			if n == nil {
				fatal(fmt.Errorf("%s is missing in generation %d", processName(i), v.Generation()))
			}
			if err := errors.Join(checkWhole(n), checkZone(v, n)); err != nil {
				fatal(err)
			}
		}
		slot.Leave()
		if turn == 0 {
			fmt.Println("at work")
		}
	}
}

// second is a second process that is at work.
type second struct {
	cmd *exec.Cmd
	out io.Reader
}

func startSecond(t *testing.T, role, dir string) *second {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SNAPSHOT_ROLE="+role, "SNAPSHOT_DIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(pipe)
	if line, _ := out.ReadString('\n'); strings.TrimSpace(line) != "at work" {
		t.Fatalf("%s says %q", role, line)
	}
	return &second{cmd, out}
}

// kill ends the process as a crash would; it must not have ended itself.
func (s *second) kill(t *testing.T) {
	t.Helper()
	s.cmd.Process.Kill()
	said, _ := io.ReadAll(s.out)
	if s.cmd.Wait(); len(said) > 0 {
		t.Errorf("%s", said)
	}
}

// TestKillEitherSide verifies that a writer killed at any moment leaves a
// snapshot that readers go on with and the next writer resumes, and that a
// killed reader holds nothing back.
func TestKillEitherSide(t *testing.T) {
	dir := t.TempDir()
	w, err := OpenWriter(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, w, "example.", soa(t, 1, 1))
	for i := range processNames {
		mustPut(t, w, processName(i), versioned(1)...)
	}
	publish(t, w)
	w.Close()

	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	steady := startSecond(t, "reader", dir)
	for round := range rounds {
		writer := startSecond(t, "writer", dir)
		reader := startSecond(t, "reader", dir)
		time.Sleep(time.Duration(rand.IntN(20_000)) * time.Microsecond) // the moment of the crash
		if round%2 == 0 {
			reader.kill(t)
			writer.kill(t)
		} else {
			writer.kill(t)
			reader.kill(t)
		}
		if t.Failed() {
			break
		}
		inspect(t, dir)
	}
	steady.kill(t)
}

// inspect verifies what readers rely on in the snapshot as it was left, resumes
// it and verifies its tables.
func inspect(t *testing.T, dir string) {
	t.Helper()
	left, slot := view(t, dir)
	checkCovers(t, &table{View: *left})
	slot.Leave()
	w, err := OpenWriter(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if w.Discarded != nil {
		t.Fatal(w.Discarded)
	}
	checkTable(t, w.cur)
	if files, _ := os.ReadDir(dir); len(files) != 3 {
		t.Errorf("%d files, want root, readers and one generation: %v", len(files), files)
	}
}

func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	openWriter(t, dir)
	_, err := OpenWriter(Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), ErrLocked.Error()) {
		t.Errorf("a second writer got %v", err)
	}
}
