package repocheck

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDockerfileInstallsWhatTheMakefileLists keeps the two lists of packages
// that a build needs the same.
func TestDockerfileInstallsWhatTheMakefileLists(t *testing.T) {
	m := regexp.MustCompile(`(?m)^BUILD_PACKAGES\s*:=(.*)$`).FindSubmatch(read(t, "Makefile"))
	if m == nil {
		t.Fatal("Makefile: no BUILD_PACKAGES")
	}
	want := strings.Fields(string(m[1]))

	_, rest, found := strings.Cut(string(read(t, "Dockerfile.build")), "apt-get install ")
	if !found {
		t.Fatal("Dockerfile.build: no apt-get install")
	}
	command, _, _ := strings.Cut(rest, "&&")
	var got []string
	for _, word := range strings.Fields(command) {
		if word != `\` && !strings.HasPrefix(word, "-") {
			got = append(got, word)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("Dockerfile.build installs %v, the Makefile lists %v", got, want)
	}
}

// TestDockerfileHasTheGoOfTheModule keeps the image's Go at go.mod's.
func TestDockerfileHasTheGoOfTheModule(t *testing.T) {
	m := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(read(t, "go.mod"))
	if m == nil {
		t.Fatal("go.mod: no go line")
	}
	if from := "FROM golang:" + string(m[1]) + "-bookworm\n"; !strings.Contains(string(read(t, "Dockerfile.build")), from) {
		t.Errorf("Dockerfile.build: want %q", from)
	}
}

// TestMakefileHelp wants a help line for every target that is named in it.
func TestMakefileHelp(t *testing.T) {
	makefile := string(read(t, "Makefile"))
	for _, target := range []string{"help", "setup", "build", "run", "test", "check", "test-dpdk", "fuzz", "bench", "docker"} {
		if !regexp.MustCompile(`(?m)^` + target + `:.*## \S`).MatchString(makefile) {
			t.Errorf("Makefile: no help for target %s", target)
		}
	}
}
