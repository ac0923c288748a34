package configs

import (
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// secrets are the keys whose values nobody may read in a log or on a screen:
// what is said of them never quotes them.
var secrets = []string{"skydns-auth", "statsServerAuthToken", "etcd-password"}

// secretProblem is all that is said of a secret that is no text.
const secretProblem = "want a text in quotes"

func isSecret(key string) bool {
	return slices.ContainsFunc(secrets, func(s string) bool { return strings.EqualFold(s, key) })
}

// secretIn is the secret whose value stands in a line or reaches into it, ""
// if none does.
func secretIn(data []byte, line int) (key string) {
	n, before := 0, 0
	for text := range strings.Lines(string(data)) {
		if n++; n > line {
			break
		}
		if key != "" && toml.Unmarshal(data[:before], new(map[string]any)) == nil {
			key = "" // its value has ended
		}
		before += len(text)
		named := slices.IndexFunc(secrets, func(s string) bool {
			return strings.Contains(strings.ToLower(text), strings.ToLower(s))
		})
		if named >= 0 {
			key = secrets[named]
		}
	}
	return key
}
