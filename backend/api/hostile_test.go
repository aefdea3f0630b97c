package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/api"
	"portico/backend/problem"
)

// inside are words of the language, the libraries and the disk, which no stranger shall read.
var inside = regexp.MustCompile(`(?i)json:|strconv|unmarshal|reflect|panic|goroutine|\.go:|\bsql|sqlite|errno|invalid character|unexpected (end|EOF)|cannot (parse|convert)|syntax error|interface ?\{|huma|0x[0-9a-f]{6}|http:|mime:|openat|no such file|<nil>|%!|bool field|struct`)

// answers checks that an answer is one that a stranger may get: no failure of ours, a problem where
// something is wrong, and no word from inside.
func (p *person) answers(what string, resp *http.Response, text string) {
	p.t.Helper()
	if resp.StatusCode < 400 {
		return
	}
	if resp.StatusCode == 500 || resp.StatusCode > 500 && resp.StatusCode != 503 && resp.StatusCode != 507 {
		p.t.Errorf("%s: %d: %.300s", what, resp.StatusCode, text)
	}
	var said problem.Problem
	if err := json.Unmarshal([]byte(text), &said); err != nil || resp.Header.Get("Content-Type") != "application/problem+json" ||
		said.Status != resp.StatusCode || said.Code == "" || said.Title == "" || said.Detail == "" {
		p.t.Errorf("%s: %d %s %v: %.300s", what, resp.StatusCode, resp.Header.Get("Content-Type"), err, text)
	}
	for _, f := range said.Errors {
		said.Detail += "\n" + f.At + "\n" + f.Text
	}
	if word := inside.FindString(said.Title + said.Detail + said.Did + said.Next); word != "" || strings.Contains(text, p.disk) {
		p.t.Errorf("%s: an answer tells of the inside (%s): %.400s", what, word, text)
	}
}

// written are the operations of the document that take a body, each with one that has the right form.
func written() map[string]map[string]any {
	out := map[string]map[string]any{}
	doc := api.Document()
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"POST": item.Post, "PUT": item.Put, "PATCH": item.Patch} {
			if op != nil && op.RequestBody != nil {
				s := op.RequestBody.Content["application/json"].Schema
				out[method+" "+path] = sample(doc, s).(map[string]any)
			}
		}
	}
	return out
}

// sample makes a value that fits a schema.
func sample(doc *huma.OpenAPI, s *huma.Schema) any {
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeString:
		return "/files/nothing"
	case huma.TypeBoolean:
		return false
	case huma.TypeArray:
		return []any{sample(doc, s.Items)}
	case huma.TypeObject:
		out := map[string]any{}
		for name, p := range s.Properties {
			out[name] = sample(doc, p)
		}
		return out
	}
	return 1
}

// poisons are values that belong nowhere, as JSON.
func poisons() []string {
	return []string{`null`, `true`, `-1`, `0`, `1e400`, `-1e400`, `1e-400`, `9223372036854775808`, `-9223372036854775809`, `0.5`, `1` + strings.Repeat("0", 400),
		`""`, `"\u0000"`, `"a\u0000b"`, `"/a\nb"`, `"\u202e"`, `"/../../../etc/passwd"`, `"//"`, `"/s/"`, `"/s/k7qf2mzx/../x"`, `"/-/api"`, `"C:\\x"`, `"/files/nul"`,
		`"/files/` + strings.Repeat("x", 300) + `"`, `"/files` + strings.Repeat("/x", 2000) + `"`, `"` + strings.Repeat("y", 70_000) + `"`,
		`"%s%n%v"`, `"' OR 1=1 --"`, `"<script>"`, `"\ud83d\ude00"`, `"\ud83d"`, "\"\xff\xfe\"", "\"/files/\xc3\x28\"",
		`[]`, `[null]`, `[[]]`, `[1,"a",{}]`, `{}`, `{"":""}`, `{"a":{"b":{"c":1}}}`, strings.Repeat("[", 31) + strings.Repeat("]", 31)}
}

// raw are bodies that are no request at all.
func raw() []string {
	return []string{"", " ", "null", "[]", `"x"`, "1", "{", "}", `{"`, `{"path"`, `{"path":}`, `{"path":"/files/x"} trailing`, `{"path":"/files/x"}{"path":"/files/x"}`,
		`{'path':'/files/x'}`, "{path:1}", `{"path":"/files/x",}`, `{"path":"/files/x","path":"/files/y"}`, `{"path":"/files/x","PATH":"/files/y"}`, `{"unknown":1}`,
		"\xef\xbb\xbf{}", "\x00", "\xff", "path=/files/x", "<xml/>", `{"path":"` + "\x01" + `"}`, `{"path":"\x"}`, `{"path":01}`, `{"path":+1}`, `{"path":NaN}`,
		strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), strings.Repeat("\\", 1<<16)}
}

// huge are bodies that no operation takes. The limit is the same for all but two.
func huge() []string {
	return []string{`{"a":"` + strings.Repeat("x", 2<<20), "{" + strings.Repeat(" ", 10<<20) + "}"}
}

func TestHostileBodies(t *testing.T) {
	h := open(t)
	people := map[string]*person{"guest": h.guest(), "anna": h.as("anna"), "owner": h.owner()}
	for op, body := range written() {
		method, path, _ := strings.Cut(op, " ")
		path = strings.ReplaceAll(path, "{id}", "k2fm9x7q0z1a4b5c")
		send := func(who, text string) {
			p := people[who]
			resp, answer := p.ask(method, path, text)
			p.answers(fmt.Sprintf("%s %s %.120q", who, op, text), resp, answer)
			if who == "anna" && !json.Valid([]byte(text)) && resp.StatusCode < 400 {
				t.Errorf("%s took %.120q", op, text)
			}
		}
		for _, text := range raw() {
			send("anna", text)
		}
		if strings.HasPrefix(path, "/-/api/files/re") {
			for _, text := range huge() {
				send("anna", text)
			}
		}
		for _, at := range places(body) {
			for i, poison := range poisons() {
				send([]string{"anna", "owner", "guest"}[i%3], with(t, body, at, poison))
			}
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=\xff", "a/b/c", "multipart/form-data", "application/cbor"} {
			resp, answer := people["anna"].ask(method, path, `{}`, "Content-Type", kind)
			people["anna"].answers(op+" as "+kind, resp, answer)
		}
	}
}

// places are the keys of a body, also of objects in it, as paths.
func places(v any) (out [][]any) {
	switch v := v.(type) {
	case map[string]any:
		for key, in := range v {
			out = append(out, []any{key})
			for _, p := range places(in) {
				out = append(out, append([]any{key}, p...))
			}
		}
	case []any:
		for i, in := range v {
			out = append(out, []any{i})
			for _, p := range places(in) {
				out = append(out, append([]any{i}, p...))
			}
		}
	}
	return out
}

// with returns a body as JSON that has other text at one place.
func with(t *testing.T, body any, at []any, text string) string {
	const mark = "\u2603 here"
	var put func(v any, at []any) any
	put = func(v any, at []any) any {
		if len(at) == 0 {
			return mark
		}
		switch v := v.(type) {
		case map[string]any:
			out := map[string]any{}
			for key, in := range v {
				if out[key] = in; key == at[0] {
					out[key] = put(in, at[1:])
				}
			}
			return out
		case []any:
			out := slices.Clone(v)
			out[at[0].(int)] = put(out[at[0].(int)], at[1:])
			return out
		}
		return v
	}
	b, err := json.Marshal(put(body, at))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(b), `"`+mark+`"`, text, 1)
}

// TestHostileAddresses puts what belongs nowhere into queries and paths.
func TestHostileAddresses(t *testing.T) {
	h := open(t)
	values := []string{"", "\x00", "\xff\xfe", "-1", "1e9", "99999999999999999999", "0x10", "null", "[]", "../..", "/../../etc", strings.Repeat("x", 5000), "%", "a,b", "\r\nX: y", "<script>", "\u202e", "' OR 1=1"}
	for path, item := range api.Document().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "DELETE": item.Delete} {
			if op == nil || path == "/{path}" {
				continue
			}
			for i, v := range values {
				p := []*person{h.as("anna"), h.owner()}[i%2]
				var addresses []string
				for _, param := range op.Parameters {
					if param.In == "query" && path != "/-/events" {
						addresses = append(addresses, path+"?"+param.Name+"="+url.QueryEscape(v), path+"?"+param.Name+"="+url.QueryEscape(v)+"&"+param.Name+"=2")
					}
				}
				addresses = append(addresses, path+"/"+url.PathEscape(v), path+"?"+url.QueryEscape(v)+"=1")
				if path == "/-/events" {
					p = h.guest() // to whom no stream is opened without a folder
					addresses = append(addresses, path+"?path="+url.QueryEscape(v))
				}
				for _, a := range addresses {
					if v == "" && strings.Contains(a, "{id}") {
						v = "x"
					}
					a = strings.ReplaceAll(a, "{id}", url.PathEscape(v))
					resp, text := p.ask(method, a, nil)
					p.answers(fmt.Sprintf("%s %.100q", method, a), resp, text)
				}
			}
		}
	}
}

// FuzzBodies sends any bytes to any operation.
func FuzzBodies(f *testing.F) {
	var ops []string
	for op, body := range written() {
		ops = append(ops, op)
		text, _ := json.Marshal(body)
		f.Add(uint8(len(ops)), text)
	}
	slices.Sort(ops)
	for _, text := range poisons() {
		f.Add(uint8(0), []byte(`{"path":`+text+`}`))
	}
	h := open(f)
	f.Fuzz(func(t *testing.T, n uint8, body []byte) {
		h.t = t
		defer func() { h.t = f }()
		method, path, _ := strings.Cut(ops[int(n)%len(ops)], " ")
		p := h.as("anna")
		resp, text := p.ask(method, strings.ReplaceAll(path, "{id}", "x"), string(body))
		p.answers(fmt.Sprintf("%s %s %.200q", method, path, body), resp, text)
	})
}
