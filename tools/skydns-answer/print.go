package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/miekg/dns"
)

// print writes a reply as dig does; from names what it was answered from.
func (q *question) print(out io.Writer, from string, reply []byte) error {
	if reply == nil {
		return errors.New("the query gets no reply")
	}
	var m dns.Msg
	if err := m.Unpack(reply); err != nil {
		return fmt.Errorf("the reply does not parse: %w", err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "; <<>> skydns-answer <<>> %s %s %s\n;; Got answer:\n", q.name, q.class, q.qtype)
	fmt.Fprintf(&b, ";; ->>HEADER<<- opcode: %s, status: %s, id: %d\n", dns.OpcodeToString[m.Opcode], dns.RcodeToString[m.Rcode], m.Id)
	fmt.Fprintf(&b, ";; flags:%s; QUERY: %d, ANSWER: %d, AUTHORITY: %d, ADDITIONAL: %d\n", flags(&m), len(m.Question), len(m.Answer), len(m.Ns), len(m.Extra))
	if opt := m.IsEdns0(); opt != nil {
		pseudo := strings.TrimLeft(opt.String(), "\n")
		fmt.Fprintf(&b, "\n%s\n", strings.Replace(pseudo, "; EDNS: version 0; flags:", "; EDNS: version: 0, flags:", 1))
	}
	for i, asked := range m.Question {
		if i == 0 {
			b.WriteString("\n;; QUESTION SECTION:\n")
		}
		fmt.Fprintf(&b, ";%s\t\t%s\t%s\n", asked.Name, dns.Class(asked.Qclass), dns.Type(asked.Qtype))
	}
	for _, s := range []struct {
		title   string
		records []dns.RR
	}{{"ANSWER", m.Answer}, {"AUTHORITY", m.Ns}, {"ADDITIONAL", m.Extra}} {
		section(&b, s.title, s.records)
	}
	transport := "UDP"
	if q.stream {
		transport = "TCP"
	}
	fmt.Fprintf(&b, "\n;; SERVER: %s (%s)\n;; MSG SIZE  rcvd: %d\n\n", from, transport, len(reply))
	_, err := b.WriteTo(out)
	return err
}

// section writes the records of a section, if it has any but the OPT.
func section(b *bytes.Buffer, title string, records []dns.RR) {
	first := true
	for _, rr := range records {
		if rr.Header().Rrtype == dns.TypeOPT {
			continue
		}
		if first {
			fmt.Fprintf(b, "\n;; %s SECTION:\n", title)
			first = false
		}
		fmt.Fprintln(b, text(rr))
	}
}

// text is a record in presentation form, the first four fields with tabs
// between.
func text(rr dns.RR) string {
	if _, unknown := rr.(*dns.RFC3597); unknown {
		// The library writes class IN as CLASS1 beside an unknown type.
		return strings.Replace(rr.String(), "\tCLASS1\t", "\tIN\t", 1)
	}
	return rr.String()
}

// flags are the header's bits in dig's order.
func flags(m *dns.Msg) string {
	text := ""
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"qr", m.Response}, {"aa", m.Authoritative}, {"tc", m.Truncated}, {"rd", m.RecursionDesired},
		{"ra", m.RecursionAvailable}, {"ad", m.AuthenticatedData}, {"cd", m.CheckingDisabled},
	} {
		if f.set {
			text += " " + f.name
		}
	}
	return text
}
