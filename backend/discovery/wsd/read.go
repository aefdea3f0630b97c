package wsd

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

const (
	depthMost = 12  // elements within elements
	idMost    = 256 // bytes of a name of a message, which its answer repeats
	typesMost = 16  // that are looked for at once
)

// question is what somebody sent, as far as it matters.
type question struct {
	action, id, to string
	types          []xml.Name // of a Probe
	scopes         bool       // a Probe looks in some scope
	target         string     // of a Resolve
}

// reader walks an envelope.
type reader struct {
	q    question
	path []string            // of the open elements: namespace, a space, name
	in   []map[string]string // prefixes that each of them declares
}

// read takes an envelope apart. What is broken, or holds anything that no such message needs (other
// encodings, document types, instructions), is no question.
func read(packet []byte) (question, bool) {
	d := xml.NewDecoder(bytes.NewReader(packet))
	var r reader
	for first := true; ; first = false {
		token, err := d.Token()
		if err != nil {
			return question{}, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(r.path) == depthMost {
				return question{}, false
			}
			r.enter(t)
		case xml.EndElement:
			r.path, r.in = r.path[:len(r.path)-1], r.in[:len(r.in)-1]
			if len(r.path) == 0 {
				return r.q, r.q.action != "" && r.q.id != ""
			}
		case xml.CharData:
			if !r.text(strings.TrimSpace(string(t))) {
				return question{}, false
			}
		case xml.ProcInst:
			if !first {
				return question{}, false
			}
		case xml.Directive:
			return question{}, false
		}
	}
}

func (r *reader) enter(t xml.StartElement) {
	var declares map[string]string
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			prefix := a.Name.Local
			if a.Name.Space == "" {
				prefix = ""
			}
			if declares == nil {
				declares = make(map[string]string)
			}
			declares[prefix] = a.Value
		}
	}
	r.path, r.in = append(r.path, t.Name.Space+" "+t.Name.Local), append(r.in, declares)
}

// at reports whether the walk is in an element of the envelope.
func (r *reader) at(names ...string) bool {
	return slices.Equal(r.path, append([]string{nsSOAP + " Envelope"}, names...))
}

const (
	header = nsSOAP + " Header"
	body   = nsSOAP + " Body"
)

// text takes the text of the present element; false where there is too much.
func (r *reader) text(s string) bool {
	switch q := &r.q; {
	case s == "":
	case r.at(header, nsAddress+" Action"):
		q.action += s
	case r.at(header, nsAddress+" MessageID"):
		q.id += s
	case r.at(header, nsAddress+" To"):
		q.to += s
	case r.at(body, nsDiscovery+" Probe", nsDiscovery+" Types"):
		for word := range strings.FieldsSeq(s) {
			if len(q.types) == typesMost {
				return false
			}
			q.types = append(q.types, r.name(word))
		}
	case r.at(body, nsDiscovery+" Probe", nsDiscovery+" Scopes"):
		q.scopes = true
	case r.at(body, nsDiscovery+" Resolve", nsAddress+" EndpointReference", nsAddress+" Address"):
		q.target += s
	}
	return len(r.q.id) <= idMost
}

// name is a name with a prefix as those mean it who are within the present element.
func (r *reader) name(word string) xml.Name {
	prefix, local, ok := strings.Cut(word, ":")
	if !ok {
		prefix, local = "", word
	}
	for n := len(r.in) - 1; n >= 0; n-- {
		if space, ok := r.in[n][prefix]; ok {
			return xml.Name{Space: space, Local: local}
		}
	}
	return xml.Name{Local: local}
}
