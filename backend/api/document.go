package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"portico/backend/problem"
)

// documentVersion is the version of the API, not of the program.
const documentVersion = "1.0.0"

// Document returns the OpenAPI 3.1 document of the API: for the generator of the pages' types, and
// for whoever wants to read it without a server.
func Document() *huma.OpenAPI {
	a := &API{mux: http.NewServeMux()}
	return a.describe(newHuma(a.mux))
}

// newHuma makes the frame of the operations: strict JSON in, JSON out, our problems for errors, no
// page that loads anything from elsewhere.
func newHuma(mux *http.ServeMux) huma.API {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[problem.Problem]())
	strict := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
	return humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Portico", Version: documentVersion, License: &huma.License{Name: "MIT", Identifier: "MIT"},
				Description: "Paths in bodies are URL paths as the browser sees them, not percent-encoded. " +
					"Requests that change something and carry a cookie must come from our own pages; scripts use Basic or Bearer. " +
					"Every error is application/problem+json with code, cause, what was done and what to do next.",
			},
			Servers:    []*huma.Server{{URL: "/", Description: "Where this document came from"}},
			Tags:       tags(),
			Security:   append(credentials(), map[string][]string{}), // guests may do much
			Components: &huma.Components{Schemas: registry, SecuritySchemes: schemes()},
		},
		Formats:       map[string]huma.Format{"application/json": strict, "json": strict},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{ours},
	})
}

// ours turns what huma says of a wrong request into a problem of the house.
func ours(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := invalid("", "")
	p.Status, p.Detail, p.Errors = m.Status, "The request has the wrong form.", nil
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		p.Code, p.Title, p.Detail, p.Next = "WEB-LARGE-01", "The request is too large", "The request holds more than one request may.", "Send it in several parts."
	case http.StatusRequestTimeout:
		p.Code, p.Title, p.Detail, p.Next = "NET-SLOW-01", "Nothing came any more", "The request stopped half way.", "Send it again."
	case http.StatusUnsupportedMediaType:
		p.Code, p.Title, p.Detail, p.Next = "WEB-TYPE-01", "Not JSON", "The body must be application/json.", "Send JSON."
	case http.StatusInternalServerError:
		p = problem.Broken()
	}
	for _, e := range m.Errors {
		if e != nil {
			p.Errors = append(p.Errors, problem.Field{At: e.Location, Text: e.Message})
		}
	}
	return p, nil
}

var (
	errUnicode = errors.New("the body is not UTF-8")
	errHalf    = errors.New("the body escapes half of a character: \\uD800 to \\uDFFF stand in pairs only")
	errTwice   = errors.New("a key stands twice in one object")
	errDeep    = errors.New("the body is nested too deep")
)

// depthLimit is far above what any operation needs.
const depthLimit = 32

// unmarshal is strict: valid UTF-8, no half of a surrogate pair (else a name would silently change),
// no key twice. Unknown keys are refused by the schemas.
func unmarshal(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errUnicode
	}
	if halved(data) {
		return errHalf
	}
	if err := unique(data); err != nil {
		return plain(err)
	}
	return plain(json.Unmarshal(data, v))
}

// plain says what is wrong with a body without the words of the decoder, which names types of Go.
func plain(err error) error {
	var form *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil, errors.Is(err, errTwice), errors.Is(err, errDeep):
		return err
	case errors.As(err, &form):
		return errors.New("the body is not JSON from byte " + strconv.FormatInt(form.Offset, 10) + " on")
	case errors.As(err, &kind):
		return errors.New("a value cannot be read, perhaps a number that is too large: see byte " + strconv.FormatInt(kind.Offset, 10))
	}
	return errors.New("the body is not JSON, or not whole")
}

// halved reports an escape of half a surrogate pair, which the decoder would replace. Backslashes
// stand only in strings; of what is no JSON the decoder complains.
func halved(data []byte) bool {
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\\')
		if i < 0 {
			return false
		}
		data = data[i:]
		high, ok := escaped(data)
		if !ok || !utf16.IsSurrogate(high) {
			data = data[min(2, len(data)):] // whatever is escaped, a backslash too
			continue
		}
		low, ok := escaped(data[6:])
		if !ok || utf16.DecodeRune(high, low) == utf8.RuneError {
			return true
		}
		data = data[12:]
	}
	return false
}

// escaped reads \uXXXX at the beginning of data.
func escaped(data []byte) (rune, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return rune(n), err == nil
}

// unique reports a key that stands twice: readers disagree about which one counts.
func unique(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var open []map[string]bool // keys of the open objects; nil for an array
	key := false               // whether a key comes next
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
			if len(open) > depthLimit {
				return errDeep
			}
		case string:
			if key {
				keys, folded := open[len(open)-1], strings.ToLower(t) // as the decoder compares them
				if keys[folded] {
					return errTwice
				}
				keys[folded], key = true, false
				continue
			}
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}

func (a *API) serveDocument(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openapi+json")
	// The client may be gone.
	_, _ = w.Write(a.document)
}
