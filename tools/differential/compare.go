package differential

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// reply is what a server says, in a form that can be compared: sections are
// sorted, names are in lower case.
type reply struct {
	none, malformed bool
	id              uint16
	rcode           int
	opcode          int
	aa, tc, rd, cd  bool
	ad, ra          bool
	question        string
	edns            string // "" without an OPT
	answer          []string
	authority       []string
	additional      []string
	size            int
}

// read takes a reply apart.
func read(msg []byte) reply {
	if msg == nil {
		return reply{none: true}
	}
	var m dns.Msg
	if err := m.Unpack(msg); err != nil {
		return reply{malformed: true, question: fmt.Sprintf("%v: %x", err, msg)}
	}
	r := reply{
		id: m.Id, rcode: m.Rcode, opcode: m.Opcode, aa: m.Authoritative, tc: m.Truncated, rd: m.RecursionDesired,
		cd: m.CheckingDisabled, ad: m.AuthenticatedData, ra: m.RecursionAvailable, size: len(msg),
		answer: lines(m.Answer), authority: lines(m.Ns), additional: lines(m.Extra),
	}
	r.question = questions(m.Question)
	if o := m.IsEdns0(); o != nil {
		r.edns = fmt.Sprintf("version %d, do %v", o.Version(), o.Do())
	}
	return r
}

func questions(section []dns.Question) string {
	text := ""
	for _, q := range section {
		text += fmt.Sprintf("%s %d %d ", q.Name, q.Qtype, q.Qclass)
	}
	return text
}

// lines are the records of a section but the OPT.
func lines(section []dns.RR) []string {
	var list []string
	for _, rr := range section {
		if rr.Header().Rrtype != dns.TypeOPT {
			list = append(list, strings.ToLower(rr.String()))
		}
	}
	slices.Sort(list)
	return list
}

// differs lists the parts in which two replies differ.
func differs(a, b *reply) []string {
	var parts []string
	note := func(part string, same bool) {
		if !same {
			parts = append(parts, part)
		}
	}
	note("none", a.none == b.none)
	note("malformed", a.malformed == b.malformed)
	note("id", a.id == b.id)
	note("rcode", a.rcode == b.rcode)
	note("opcode", a.opcode == b.opcode)
	note("aa", a.aa == b.aa)
	note("tc", a.tc == b.tc)
	note("rd", a.rd == b.rd)
	note("cd", a.cd == b.cd)
	note("ad", a.ad == b.ad)
	note("ra", a.ra == b.ra)
	note("question", a.question == b.question)
	note("edns", a.edns == b.edns)
	note("answer", slices.Equal(a.answer, b.answer))
	note("authority", slices.Equal(a.authority, b.authority))
	note("additional", slices.Equal(a.additional, b.additional))
	return parts
}

func (r *reply) String() string {
	return fmt.Sprintf("none %v malformed %v %s opcode %d aa %v tc %v rd %v cd %v ad %v ra %v edns %q question %q size %d\n  answer %q\n  authority %q\n  additional %q",
		r.none, r.malformed, dns.RcodeToString[r.rcode], r.opcode, r.aa, r.tc, r.rd, r.cd, r.ad, r.ra, r.edns, r.question, r.size, r.answer, r.authority, r.additional)
}
