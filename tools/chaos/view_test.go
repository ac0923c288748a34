package chaos

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// lineOf is the record that a value of etcd holds.
func lineOf(value []byte) (string, error) {
	var m struct {
		Type, Host, Text       string
		Port, Priority, Weight int
	}
	if err := json.Unmarshal(value, &m); err != nil {
		return "", err
	}
	switch m.Type {
	case "A":
		return "A " + m.Host, nil
	case "TXT":
		return fmt.Sprintf("TXT %q", m.Text), nil
	case "SRV":
		return fmt.Sprintf("SRV %d %d %d %s", m.Priority, m.Weight, m.Port, dns.Fqdn(m.Host)), nil
	}
	return "CNAME " + dns.Fqdn(m.Host), nil
}

// shown is what REST shows of a name.
type shown struct {
	Type   string
	IPs    []string
	Target string
	Rdata  []string
	More   []shown
}

func (v shown) state() state {
	var s state
	for _, data := range slices.Concat(v.IPs, v.Rdata) {
		s = s.with(v.Type + " " + data)
	}
	if v.Target != "" {
		s = s.with(v.Type + " " + v.Target)
	}
	for _, more := range v.More {
		for _, line := range more.state() {
			s = s.with(line)
		}
	}
	return s
}

// ask is the records of a type that DNS answers for a name, or its alias.
func ask(server, name string, qtype uint16) (state, int, error) {
	query := new(dns.Msg)
	query.SetQuestion(name, qtype)
	client := dns.Client{Timeout: time.Second}
	reply, _, err := client.Exchange(query, server)
	if err != nil {
		return nil, 0, err
	}
	var s state
	for _, rr := range reply.Answer {
		switch rr := rr.(type) {
		case *dns.CNAME:
			return state{"CNAME " + rr.Target}, reply.Rcode, nil
		case *dns.A:
			s = s.with("A " + rr.A.String())
		case *dns.TXT:
			s = s.with(fmt.Sprintf("TXT %q", strings.Join(rr.Txt, "")))
		case *dns.SRV:
			s = s.with(fmt.Sprintf("SRV %d %d %d %s", rr.Priority, rr.Weight, rr.Port, rr.Target))
		}
	}
	return s, reply.Rcode, nil
}

// get reads JSON, where to is not nil; a status other than 200 is an error.
func get(url string, to any) error {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	if to == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(to)
}
