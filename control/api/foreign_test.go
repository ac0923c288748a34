package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// several is a record of another program that is an A, an MX and an SRV.
const several = `{"host":"10.0.0.1","port":80,"mail":true,"targetstrip":1,"theirs":[1]}`

// TestUpdateDestroysOtherTypes verifies that a PUT of an address or an alias of
// another program's record changes its host alone, at the same key.
func TestUpdateDestroysOtherTypes(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/a/x", several)
	f.put(f.base()+"/b/x", `{"Host":"old.example","group":"g"}`)
	f.ok("PUT", "a?user=ann", `{"type":"A","update":{"10.0.0.1":"10.0.0.9"},"ttl":7}`)
	f.ok("PUT", "b", `{"type":"cname","update":{"old.example.":"new.example."}}`)
	want := map[string]string{
		"/a/x": `{"host":"10.0.0.9","mail":true,"port":80,"targetstrip":1,"theirs":[1],"ttl":7}`,
		"/b/x": `{"group":"g","host":"new.example."}`,
	}
	if got := f.keys(f.base()); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// TestExchangeOfForeignAddresses verifies that two addresses of other programs'
// records are exchanged at once.
func TestExchangeOfForeignAddresses(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/a/x", `{"host":"10.0.0.1","text":"x"}`)
	f.put(f.base()+"/a/y", `{"host":"10.0.0.2","text":"y"}`)
	f.ok("PUT", "a", `{"update":{"10.0.0.1":"10.0.0.2","10.0.0.2":"10.0.0.1"}}`)
	want := map[string]string{"/a/x": `{"host":"10.0.0.2","text":"x"}`, "/a/y": `{"host":"10.0.0.1","text":"y"}`}
	if got := f.keys(f.base()); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestDeleteOfTypeDestroysOthers verifies that a DELETE of one type of another
// program's record leaves the others, and that an address which a service of
// the same record needs is not removed.
func TestDeleteOfTypeDestroysOthers(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/a/x", several)
	for _, body := range []string{`{"type":"A"}`, `{"ips":["10.0.0.1"]}`} {
		if code, text := f.do("DELETE", "/skydns/api/a", body); code != 409 || !strings.Contains(text, "/a/x") {
			t.Errorf("DELETE %s: %d %s", body, code, text)
		}
	}
	for _, step := range []struct{ body, want string }{
		{`{"type":"SRV"}`, `{"host":"10.0.0.1","mail":true,"targetstrip":1,"theirs":[1]}`},
		{`{"type":"MX","mailHost":"a"}`, `{"host":"10.0.0.1","targetstrip":1,"theirs":[1]}`},
		{`{"type":"A"}`, ""},
	} {
		f.ok("DELETE", "a", step.body)
		if got := f.keys(f.base())["/a/x"]; got != step.want {
			t.Errorf("after DELETE %s: %s, want %s", step.body, got, step.want)
		}
	}
}

// TestUpdateOfServiceDestroysAddress verifies that the address of another
// program's record stays when its service is given other data.
func TestUpdateOfServiceDestroysAddress(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/a/x", `{"host":"10.0.0.1","port":80}`)
	f.ok("PUT", "a", `{"type":"SRV","update":{"10 0 80 x.a.`+f.domain+`":"1 2 81 x.a.`+f.domain+`"}}`)
	want := `{"a.D.":{"ips":["10.0.0.1"],"more":[{"rdata":["1 2 81 x.a.D."],"type":"SRV"}],"type":"A"}}`
	if got := f.get("/skydns/api/a"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestImportDestroysOtherTypes verifies that an import which has one type of
// another program's record leaves the others, or is refused.
func TestImportDestroysOtherTypes(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/a/x", several)
	top := []string{"D. 60 SOA ns.D. host.D. 1 2 3 4 5", "D. 60 NS ns.D."}
	if code, text := f.importZone("", f.zoneText(append(top, "a.D. 60 A 10.0.0.2")...)); code != 409 || !strings.Contains(text, "/a/x") {
		t.Errorf("%d %s", code, text)
	}
	if code, text := f.importZone("", f.zoneText(append(top, "a.D. 60 MX 1 m.D.", "a.D. 60 SRV 1 2 3 s.D.")...)); code != 200 {
		t.Errorf("%d %s", code, text)
	}
	if got, want := f.keys(f.base())["/a/x"], `{"host":"10.0.0.1","targetstrip":1,"theirs":[1]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRecordAtTwoNames verifies that a list whose changes make two things of a
// record that counts for two names is refused, and one that removes it at both
// is taken.
func TestRecordAtTwoNames(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/a/x", several)
	code, text := f.do("POST", "/skydns/api", `[{"method":"DELETE","name":"a","type":"SRV"},{"method":"DELETE","name":"x.a"}]`)
	if code != 409 || !strings.Contains(text, "contradict") {
		t.Errorf("%d %s", code, text)
	}
	if code, text := f.do("POST", "/skydns/api", `[{"method":"DELETE","name":"a"},{"method":"DELETE","name":"x.a"}]`); code != 200 {
		t.Errorf("%d %s", code, text)
	}
}

// TestAddressOfServiceTakesItAlong verifies that a service of ours is not
// removed or changed by its target's name.
func TestAddressOfServiceTakesItAlong(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"type":"SRV","ips":["10.0.0.1"],"ports":[80]}`)
	var target string
	for key := range f.keys(f.base() + "/n/") {
		target = key + ".n"
	}
	for method, body := range map[string]string{"DELETE": "", "PUT": `{"update":{"10.0.0.1":"10.0.0.2"}}`} {
		if code, text := f.do(method, "/skydns/api/"+target, body); code != 409 || !strings.Contains(f.short(text), "a service of n.D.") {
			t.Errorf("%s: %d %s", method, code, text)
		}
	}
}

// TestUpdateMakesLeasedRecordPermanent verifies that a record that goes with a
// lease of etcd does so after a PUT too, of another program's and of ours.
func TestUpdateMakesLeasedRecordPermanent(t *testing.T) {
	f := newFixture(t)
	lease, err := etcd.Client().Grant(t.Context(), 600)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{"/a/x": `{"host":"10.0.0.1"}`, "/b/item": `{"host":"10.0.0.1","type":"A"}`} {
		if _, err := etcd.Client().Put(t.Context(), f.base()+key, value, clientv3.WithLease(lease.ID)); err != nil {
			t.Fatal(err)
		}
	}
	f.ok("PUT", "a", `{"update":{"10.0.0.1":"10.0.0.2"}}`)
	f.ok("PUT", "b", `{"update":{"10.0.0.1":"10.0.0.2"}}`)
	if got := f.get("/skydns/api"); strings.Count(got, "10.0.0.2") != 2 {
		t.Errorf("got %s", got)
	}
	if _, err := etcd.Client().Revoke(t.Context(), lease.ID); err != nil {
		t.Fatal(err)
	}
	if got := f.keys(f.base()); len(got) != 0 {
		t.Errorf("after the lease: %v", got)
	}
}

// TestServiceIsChosenByItsData verifies that DELETE finds a service by what GET
// shows of it: whatever the case of its target, where the data was given in
// presentation form, and by the priority that SkyDNS takes for none.
func TestServiceIsChosenByItsData(t *testing.T) {
	f := newFixture(t)
	for _, body := range []string{
		`{"type":"SRV","ports":[80],"target":"HOST.example."}`, `{"type":"SRV","ports":[80]}`, `{"type":"SRV","priority":1,"weight":2}`,
	} {
		f.ok("POST", "a", `{"type":"SRV","rdata":"1 2 80 Host.example."}`)
		f.put(f.base()+"/b/item", `{"type":"SRV","rdata":"1 2 80 Host.example."}`)
		for _, wrong := range []string{`{"type":"SRV","ports":[81]}`, `{"type":"SRV","ips":["10.0.0.1"]}`, `{"type":"SRV","priority":2}`} {
			if code, text := f.do("DELETE", "/skydns/api/b", wrong); code != 404 {
				t.Errorf("%s: %d %s", wrong, code, text)
			}
		}
		f.ok("DELETE", "a", body)
		f.ok("DELETE", "b", body)
	}
	f.put(f.base()+"/c/item", `{"host":"10.0.0.1","port":80}`)
	f.ok("DELETE", "c", `{"type":"SRV","ips":["10.0.0.1"],"priority":10}`)
	if got, want := f.get("/skydns/api"), `{"c.D.":{"ips":["10.0.0.1"],"type":"A"}}`; got != want {
		t.Errorf("left: %s, want %s", got, want)
	}
}

// TestUpdateMergesRecords verifies that two records are not made one.
func TestUpdateMergesRecords(t *testing.T) {
	f := newFixture(t)
	f.ok("POST", "n", `{"ips":["10.0.0.1","10.0.0.2"]}`)
	f.ok("POST", "n", `{"type":"MX","mailHost":"a","mailPriority":1}`)
	f.ok("POST", "n", `{"type":"MX","mailHost":"b","mailPriority":1}`)
	f.ok("POST", "n", `{"type":"cname","alias":"al"}`)
	f.ok("POST", "n", `{"type":"cname","alias":"be"}`)
	before := f.keys(f.base())
	for _, body := range []string{
		`{"update":{"10.0.0.1":"10.0.0.9","10.0.0.2":"::ffff:10.0.0.9"}}`,
		`{"type":"MX","update":{"1 a.DOMAIN":"1 c.DOMAIN","1 b.DOMAIN":"01 C.DOMAIN"}}`,
		`{"type":"cname","update":{"al":"x","be":"X"}}`,
	} {
		code, text := f.do("PUT", "/skydns/api/n", strings.ReplaceAll(body, "DOMAIN", f.domain))
		if code != 400 || !strings.Contains(text, "two records would become the one") {
			t.Errorf("%s: %d %s", body, code, text)
		}
	}
	if after := f.keys(f.base()); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v has become %v", before, after)
	}
}

// TestAliasBesideRecordsFurtherDown verifies that an alias is refused where
// another program's record further down counts for the name, whose CNAME would
// not be served; and only there.
func TestAliasBesideRecordsFurtherDown(t *testing.T) {
	f := newFixture(t)
	f.put(f.base()+"/h/i/x", `{"host":"10.0.0.1"}`)
	f.put(f.base()+"/second/h/i/x", `{"host":"10.0.0.1"}`)
	f.put(f.base()+"/typed/i/x", `{"host":"10.0.0.1","type":"A"}`)
	f.put(f.base()+"/garbage/i/x", `{`)
	f.ok("POST", "i.own", `{"ips":["10.0.0.1"]}`)
	for _, name := range []string{"h", "typed"} {
		if code, text := f.do("POST", "/skydns/api/"+name, `{"type":"cname","target":"t"}`); code != 409 || !strings.Contains(text, "/"+name+"/i/x") {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
	if code, text := f.do("POST", "/skydns/api", `[{"name":"i.own","ips":["10.0.0.2"]},{"name":"t","type":"cname","alias":"h"}]`); code != 409 {
		t.Errorf("in a list: %d %s", code, text)
	}
	for _, name := range []string{"own", "garbage"} {
		f.ok("POST", name, `{"type":"cname","target":"t"}`)
	}
}

// TestItemOfAnotherProgramGoesWithItsName verifies that an item one label below
// a name is shown with it, goes with it, and is named in the audit line.
func TestItemOfAnotherProgramGoesWithItsName(t *testing.T) {
	f, log := audited(t, zerolog.ErrorLevel)
	f.put(f.base()+"/d", `{"host":"10.0.0.1"}`)
	f.put(f.base()+"/d/e", `{"host":"10.0.0.2"}`)
	f.put(f.base()+"/d/e/f", `{"host":"10.0.0.3"}`)
	if got, want := f.get("/skydns/api/d"), `{"d.D.":{"ips":["10.0.0.1","10.0.0.2"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	f.ok("DELETE", "d", "")
	if got := f.keys(f.base()); len(got) != 1 || got["/d/e/f"] == "" {
		t.Errorf("left: %v", got)
	}
	if want := `"remove":["d.D. A 10.0.0.1","d.D. A 10.0.0.2","e.d.D. A 10.0.0.2"]`; !strings.Contains(f.short(log.String()), want) {
		t.Errorf("got %s, want %s", log, want)
	}
}

// TestGarbageCannotBeDeleted verifies that DELETE of a name removes the values at
// it that are not understood, and nothing else does.
func TestGarbageCannotBeDeleted(t *testing.T) {
	f, log := audited(t, zerolog.ErrorLevel)
	keys := []string{"/g", "/h/", "/i/rr-0000000000000"}
	for _, key := range keys {
		f.put(f.base()+key, `{`)
	}
	f.put(f.base()+"/below/item", `{`)
	f.ok("POST", "g", `{"ips":["10.0.0.1"]}`)
	if code, _ := f.do("DELETE", "/skydns/api/h", `{"type":"A"}`); code != 404 {
		t.Errorf("DELETE of a type: %d", code)
	}
	if code, _ := f.do("DELETE", "/skydns/api/below", ""); code != 404 {
		t.Errorf("DELETE above it: %d", code)
	}
	if got, want := f.get("/skydns/api"), `{"g.D.":{"ips":["10.0.0.1"],"type":"A"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := f.get("/skydns/api/h"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("got %s", got)
	}
	top := f.zoneText("D. 60 SOA ns.D. host.D. 1 2 3 4 5", "D. 60 NS ns.D.", "h.D. 60 A 10.0.0.2")
	if code, text := f.importZone("", top); code != 200 || f.keys(f.base())["/h/"] != "{" {
		t.Errorf("import: %d %s", code, text)
	}
	for _, name := range []string{"g", "h", "i", "item.below"} {
		f.ok("DELETE", name, "")
	}
	if !strings.Contains(log.String(), f.base()+"/g not understood") {
		t.Errorf("no line of it: %s", log)
	}
	for key := range f.keys(f.base()) {
		if !strings.HasPrefix(key, "/rr-") {
			t.Errorf("left: %s", key)
		}
	}
}
