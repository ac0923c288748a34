package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/miekg/dns"

	"github.com/ipdcode/skydns/control/zonefile"
	"github.com/ipdcode/skydns/dataplane/engine"
	"github.com/ipdcode/skydns/tools/offline"
)

// testCase is a zone and a question. Other fields of the object are ignored.
type testCase struct {
	ID    json.RawMessage `json:"id"`
	Zone  string          `json:"zone"`
	Qname string          `json:"qname"`
	Qtype string          `json:"qtype"`
}

// outcome is what a case gives: an error, or a reply.
type outcome struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error,omitempty"`
	*answered
}

// answered is a reply, each RR in presentation form with single spaces.
type answered struct {
	Rcode      string   `json:"rcode"`
	AA         bool     `json:"aa"`
	Answer     []string `json:"answer"`
	Authority  []string `json:"authority"`
	Additional []string `json:"additional"`
}

// answerCases reads cases and writes what each gives, in their order, until
// the input ends or a signal comes.
func answerCases(in io.Reader, out io.Writer, c engine.Config, stop <-chan os.Signal) error {
	server, err := offline.New(c)
	if err != nil {
		return err
	}
	defer server.Close()
	w := bufio.NewWriter(out)
	defer w.Flush()
	results := json.NewEncoder(w)
	results.SetEscapeHTML(false)
	input := linesOf(in)
	for {
		l, err := nextLine(input, stop, w)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(l.text)) > 0 {
			if err := results.Encode(answerCase(server, l.text)); err != nil {
				return err
			}
		}
		if l.err == io.EOF {
			return w.Flush()
		}
		if l.err != nil {
			return fmt.Errorf("standard input: %w", l.err)
		}
	}
}

// answerCase answers one line of input.
func answerCase(server *offline.Server, line []byte) outcome {
	var c testCase
	if err := json.Unmarshal(line, &c); err != nil {
		return outcome{ID: c.ID, Error: fmt.Sprintf("no case: %v", err)}
	}
	reply, err := c.answer(server)
	if err != nil {
		return outcome{ID: c.ID, Error: err.Error()}
	}
	return outcome{ID: c.ID, answered: reply}
}

// answer asks the case's question of a snapshot of its zone, as over TCP: the
// whole answer counts.
func (c *testCase) answer(server *offline.Server) (*answered, error) {
	zone, err := zonefile.Read(strings.NewReader(c.Zone), "", maxRecords)
	if err != nil {
		return nil, fmt.Errorf("zone: %w", err)
	}
	asked := question{name: c.Qname, qtype: c.Qtype, class: "IN"}
	query, err := asked.pack()
	if err != nil {
		return nil, err
	}
	if err := server.Load(zone); err != nil {
		return nil, fmt.Errorf("zone: %w", err)
	}
	reply := server.Ask(query, true)
	if reply == nil {
		return nil, errors.New("the query gets no reply")
	}
	var m dns.Msg
	if err := m.Unpack(reply); err != nil {
		return nil, fmt.Errorf("the reply does not parse: %w", err)
	}
	return &answered{
		Rcode: dns.RcodeToString[m.Rcode], AA: m.Authoritative,
		Answer: texts(m.Answer), Authority: texts(m.Ns), Additional: texts(m.Extra),
	}, nil
}

// texts are records in presentation form, with single spaces between fields.
func texts(section []dns.RR) []string {
	list := []string{}
	for _, rr := range section {
		if rr.Header().Rrtype != dns.TypeOPT {
			list = append(list, strings.Replace(text(rr), "\t", " ", 4))
		}
	}
	return list
}
