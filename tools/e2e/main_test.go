package e2e

import (
	"os"
	"testing"

	"github.com/ipdcode/skydns/tools/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m)) }
