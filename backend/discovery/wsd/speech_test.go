package wsd

import (
	"encoding/xml"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/backend/discovery/group/grouptest"
)

// ask is a question as Windows writes it.
func ask(id, action, to, body string) string {
	return xml.Header + `<soap:Envelope xmlns:soap="` + nsSOAP + `" xmlns:wsa="` + nsAddress + `" xmlns:wsd="` + nsDiscovery + `" xmlns:wsdp="` + nsProfile +
		`"><soap:Header><wsa:To>` + to + `</wsa:To><wsa:Action>` + action + `</wsa:Action><wsa:MessageID>` + id + `</wsa:MessageID></soap:Header><soap:Body>` +
		body + `</soap:Body></soap:Envelope>`
}

func probe(id, types string) string {
	return ask(id, nsDiscovery+"/Probe", everybody, "<wsd:Probe><wsd:Types>"+types+"</wsd:Types></wsd:Probe>")
}

func resolve(id, of string) string {
	return ask(id, nsDiscovery+"/Resolve", everybody, "<wsd:Resolve><wsa:EndpointReference><wsa:Address>"+of+"</wsa:Address></wsa:EndpointReference></wsd:Resolve>")
}

func get(to string) string { return ask("urn:uuid:9", nsTransfer+"/Get", to, "") }

// TestAnswer: only questions for what this computer is are answered, and each once.
func TestAnswer(t *testing.T) {
	device, computer := grouptest.Studio(), grouptest.Studio()
	computer.Computer = true
	s := New()
	for _, c := range []struct {
		packet           string
		device, computer bool
	}{
		{probe("a", "wsdp:Device"), true, true},
		{probe("a", ""), true, true},
		{probe("a", `wsdp:Device <!-- and --> x:Computer`), false, false}, // x is not declared
		{strings.Replace(probe("a", "x:Computer"), "<wsd:Types>", `<wsd:Types xmlns:x="`+nsWindows+`">`, 1), false, true},
		{strings.Replace(probe("a", "x:Computer"), "<wsd:Types>", `<wsd:Types xmlns:x="elsewhere">`, 1), false, false},
		{probe("a", "Device"), false, false},
		{probe("a", strings.Repeat("wsdp:Device ", typesMost+1)), false, false},
		{strings.Replace(probe("a", "wsdp:Device"), "</wsd:Types>", "</wsd:Types><wsd:Scopes>ldap:///ou=floor1</wsd:Scopes>", 1), false, false},
		{probe("", "wsdp:Device"), false, false},
		{probe(strings.Repeat("a", idMost+1), "wsdp:Device"), false, false},
		{resolve("a", address(&device)), true, true},
		{resolve("a", "urn:uuid:of-somebody-else"), false, false},
		{ask("a", nsDiscovery+"/Hello", everybody, "<wsd:Hello/>"), false, false},
		{get(address(&device)), false, false},
		{`<!DOCTYPE x [<!ENTITY a "wsdp:Device">]>` + probe("a", "&a;"), false, false},
		{probe("a", "&a;"), false, false},
		{strings.Repeat("<a>", depthMost+1), false, false},
		{probe("a", "wsdp:Device")[:400], false, false},
		{strings.Replace(probe("a", "wsdp:Device"), nsSOAP, "elsewhere", 1), false, false},
		{"", false, false},
	} {
		for self, want := range map[bool]bool{false: c.device, true: c.computer} {
			as, fresh := &device, New()
			if self {
				as = &computer
			}
			answers, sought := fresh.Answer(as, []byte(c.packet))
			if sought != want || len(answers) > 1 || sought != (len(answers) == 1) {
				t.Errorf("%q as computer %v: %q, %v", c.packet, self, answers, sought)
			}
			if again, _ := fresh.Answer(as, []byte(c.packet)); len(again) > 0 {
				t.Errorf("%q is answered twice", c.packet)
			}
		}
	}
	for n := range 1000 {
		s.again(strings.Repeat("a", n))
	}
	if len(s.seen) != seenMost {
		t.Errorf("%d questions are remembered", len(s.seen))
	}
}

// TestEscaped: what an answer repeats cannot leave its place.
func TestEscaped(t *testing.T) {
	self := grouptest.Studio()
	answers, _ := New().Answer(&self, []byte(probe("&lt;/a:RelatesTo&gt;&lt;x&gt;&amp;", "wsdp:Device")))
	if len(answers) != 1 || !strings.Contains(string(answers[0]), "<a:RelatesTo>&lt;/a:RelatesTo&gt;&lt;x&gt;&amp;</a:RelatesTo>") {
		t.Errorf("%s", answers)
	}
}

// TestDescribe: a Get for this computer is answered, and nothing else.
func TestDescribe(t *testing.T) {
	self := grouptest.Studio()
	for _, c := range []struct {
		method, path, sent string
		want               int
	}{
		{"POST", "/" + self.ID, get(address(&self)), 200},
		{"POST", "/" + self.ID, get("urn:uuid:of-somebody-else"), 400},
		{"POST", "/" + self.ID, probe("a", ""), 400},
		{"POST", "/" + self.ID, "", 400},
		{"GET", "/" + self.ID, "", 405},
		{"POST", "/", get(address(&self)), 404},
		{"POST", "/../" + self.ID, get(address(&self)), 404},
	} {
		w := httptest.NewRecorder()
		New().Describe(&self, w, httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.sent)))
		if w.Code != c.want {
			t.Errorf("%s %s %.80q: %d", c.method, c.path, c.sent, w.Code)
		}
		if w.Code == 200 && !strings.Contains(w.Body.String(), "<p:FriendlyName>Büro &amp; &#34;Ada&#34; &lt;laptop&gt;</p:FriendlyName>") {
			t.Errorf("%s", w.Body)
		}
	}
}

// FuzzRead: whatever is sent, what is taken from it is bounded, and answers are XML.
func FuzzRead(f *testing.F) {
	self := grouptest.Studio()
	for _, seed := range []string{probe("a", "wsdp:Device"), resolve("a", address(&self)), get(address(&self)), "<a", xml.Header + "<!--", `<a xmlns="b"/>`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		q, ok := read(packet)
		if ok && (len(q.id) > idMost || len(q.types) > typesMost || q.id == "") {
			t.Errorf("%+v", q)
		}
		answers, _ := New().Answer(&self, packet)
		for _, one := range answers {
			var any struct{ XMLName xml.Name }
			if err := xml.Unmarshal(one, &any); err != nil {
				t.Errorf("%v: %q", err, one)
			}
		}
	})
}
