package configs

import (
	"regexp"
	"slices"
	"strings"
)

// secrets are the keys whose values nobody may read in a log or on a screen:
// what is said of them never quotes them.
var secrets = []string{"skydns-auth", "statsServerAuthToken", "etcd-password"}

// secretProblem is all that is said of a secret that is no text.
const secretProblem = "want a text in quotes"

func isSecret(key string) bool {
	return slices.ContainsFunc(secrets, func(s string) bool { return strings.EqualFold(s, key) })
}

// aKey begins a line that gives a key its value.
var aKey = regexp.MustCompile(`^\s*["'A-Za-z0-9._-]+\s*=`)

// secretIn is the secret whose value stands in a line or reaches into it, ""
// if it is another key's.
func secretIn(data []byte, line int) (key string) {
	n := 0
	for text := range strings.Lines(string(data)) {
		if n++; n > line {
			break
		}
		named := slices.IndexFunc(secrets, func(s string) bool {
			return strings.Contains(strings.ToLower(text), strings.ToLower(s))
		})
		if named >= 0 {
			key = secrets[named]
		} else if aKey.MatchString(text) {
			key = ""
		}
	}
	return key
}
