// Package flagvalue reads the values of the benchmarks' flags.
package flagvalue

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Numbers reads numbers with commas between them. Others end the program.
func Numbers(list string) []int {
	var all []int
	for _, field := range strings.Split(list, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			fmt.Fprintf(os.Stderr, "not a number of things: %q\n", field)
			os.Exit(2)
		}
		all = append(all, n)
	}
	return all
}
