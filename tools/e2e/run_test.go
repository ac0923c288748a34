package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipdcode/skydns/tools/lab"
)

// checkout is a copy of what `make run` needs of the tree, after its build, on
// ports of its own.
func checkout(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	ports := []string{}
	for _, addr := range []string{"127.0.0.1:5353", "127.0.0.1:9001", "127.0.0.1:2379"} {
		free := lab.FreePort(t)
		ports = append(ports, addr, free)
		if addr == "127.0.0.1:5353" {
			ports = append(ports, "-p 5353", "-p "+strings.TrimPrefix(free, "127.0.0.1:"))
		}
	}
	own := strings.NewReplacer(ports...)
	for _, file := range []string{"tools/run.sh", "configs/skydns-run.toml"} {
		text, err := os.ReadFile("../../" + file)
		to := filepath.Join(dir, file)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, []byte(own.Replace(string(text))), 0o755))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(lab.Programs(), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startRun starts run.sh as a shell does, in a process group of its own, and
// waits until it says what to try.
func startRun(t *testing.T, dir string) (cmd *exec.Cmd, said string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd = exec.Command(filepath.Join(dir, "tools/run.sh"))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	lab.Eventually(t, "start a node", func() error {
		text, err := os.ReadFile(log.Name())
		if said = string(text); err == nil && !strings.Contains(said, "Ctrl-C stops both.") {
			err = fmt.Errorf("it says\n%s", said)
		}
		return err
	})
	return cmd, said
}

// TestRun does what `make run` does once it has built, tries the three commands
// that it prints, and presses Ctrl-C; twice, for the second time finds the data
// of the first.
func TestRun(t *testing.T) {
	lab.Need(t, "dig")
	lab.Need(t, "curl")
	dir := checkout(t)
	for range 2 {
		cmd, said := startRun(t, dir)
		if !strings.Contains(said, "a sample") {
			t.Error("it does not say that the token is a sample")
		}
		commands := regexp.MustCompile(`(?m)^  (dig|curl|bin/skydns-apicmd) .*$`).FindAllString(said, -1)
		if len(commands) != 3 {
			t.Fatalf("it prints the commands %q", commands)
		}
		// A person types slower than dataplane starts.
		waitFor(t, testAsker(t, "127.0.0.1:"+regexp.MustCompile(`-p (\d+)`).FindStringSubmatch(said)[1]), "tv1.skydns.local.", cctv2IPs...)
		want := map[string]string{
			"dig":  `(?s)status: NOERROR.*tv1\.skydns\.local\.\s+30\s+IN\s+CNAME\s+cctv2\.skydns\.local\..*cctv2\.skydns\.local\.\s+30\s+IN\s+A\s+192\.168\.10\.1`,
			"curl": `^OK\s*$`,
			"bin/": `(?s)cctv2\.skydns\.local .*192\.168\.10\.1 192\.168\.10\.2 192\.168\.10\.3.*tv1\.skydns\.local .*web\.skydns\.local .*192\.168\.10\.7`,
		}
		for _, line := range commands {
			try := exec.Command("bash", "-c", line)
			try.Dir = dir
			var stdout, stderr bytes.Buffer
			try.Stdout, try.Stderr = &stdout, &stderr
			err := try.Run()
			for begin, pattern := range want {
				if strings.HasPrefix(strings.TrimSpace(line), begin) && (err != nil || !regexp.MustCompile(pattern).Match(stdout.Bytes())) {
					t.Errorf("%s: %v\n%s%s", line, err, &stdout, &stderr)
				}
			}
		}
		pressCtrlC(t, cmd)
	}
}

// pressCtrlC ends all of a process group as a terminal does, and wants it to be
// gone, with exit code 0.
func pressCtrlC(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("after Ctrl-C: %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("Ctrl-C does not end it")
	}
	if err := syscall.Kill(-cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("a process has outlived Ctrl-C: %v", err)
	}
}
