package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

// zoneFile is what the command line says of a zone as a master file.
type zoneFile struct {
	importFile, origin string
	replace            bool
	export             string
}

func (z *zoneFile) flags(fs *flag.FlagSet) {
	fs.StringVar(&z.importFile, "import", "", "import a zone from the master file `FILE`; - for standard input")
	fs.StringVar(&z.origin, "origin", "", "`NAME` below which the file's relative names are; if not given, the first domain")
	fs.BoolVar(&z.replace, "replace", false, "remove what the zone has and the file has not")
	fs.StringVar(&z.export, "export", "", "print the zone `NAME` as a master file")
}

// check wants no flag that has no effect.
func (z *zoneFile) check() error {
	if z.importFile == "" && (z.origin != "" || z.replace) {
		return usageError("-origin and -replace go with -import")
	}
	return nil
}

// load imports the file, and gives the interface's answer; "-" is standard
// input.
func (z *zoneFile) load(ctx context.Context, c *client) ([]byte, error) {
	text, err := os.ReadFile(z.importFile)
	if z.importFile == "-" {
		text, err = io.ReadAll(os.Stdin)
	}
	if err != nil {
		return nil, fmt.Errorf("-import: %w", err)
	}
	query := url.Values{}
	if z.origin != "" {
		query.Set("origin", z.origin)
	}
	if z.replace {
		query.Set("replace", "true")
	}
	answer, err := c.send(ctx, http.MethodPost, "", query, "text/dns", string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", z.importFile, err)
	}
	return answer, nil
}

// save prints a zone as a master file.
func (z *zoneFile) save(ctx context.Context, c *client, stdout io.Writer) error {
	text, err := c.do(ctx, http.MethodGet, "", url.Values{"zone": {z.export}}, "")
	if err == nil {
		_, err = stdout.Write(text)
	}
	return err
}
