package api

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
)

// describe registers the operations and completes their document.
func (a *API) describe(h huma.API) *huma.OpenAPI {
	a.operations(h)
	describeListing(h.OpenAPI())
	describeEvents(h.OpenAPI())
	describePicture(h.OpenAPI())
	describeFailures(h.OpenAPI())
	return h.OpenAPI()
}

// tags are the chapters of the document.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "files", Description: "Folders and files. Content is sent with PUT to its path, or, in pieces that can be continued, with tus 1.0 at /-/tus/."},
		{Name: "shares", Description: "Links that open a part of the tree for others."},
		{Name: "session", Description: "Who one is."},
		{Name: "activity", Description: "What happened, and what happens."},
		{Name: "transfers", Description: "What moves now."},
		{Name: "people", Description: "Which devices come, and why none does."},
		{Name: "networks", Description: "Where this computer is, and who else is there."},
		{Name: "status", Description: "The program itself."},
		{Name: "settings", Description: "What the program is told to do."},
	}
}

// tagOf is the chapter of a path below /-/.
func tagOf(path string) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, "/-/"), "api/"), "/")
	word, _, _ = strings.Cut(word, ".")
	switch word {
	case "unlock":
		return "session"
	case "doors", "volumes", "health":
		return "status"
	case "diagnosis", "asking", "accounts":
		return "people"
	case "desktop":
		return "shares"
	case "batches":
		return "transfers"
	case "network", "networks", "peers":
		return "networks"
	}
	return word
}

func schemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		"cookie": {Type: "apiKey", In: "cookie", Name: "__Host-portico", Description: "“portico” on plain HTTP"},
		"basic":  {Type: "http", Scheme: "basic", Description: "Name and password of an account"},
		"bearer": {Type: "http", Scheme: "bearer", Description: "A token"},
	}
}

// credentials are the ways to show who one is, any of which does.
func credentials() (out []map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(schemes())) {
		out = append(out, map[string][]string{name: {}})
	}
	return out
}

// signedIn is for operations that guests may not ask for.
func signedIn(op *huma.Operation) { op.Security = credentials() }

// describeFailures adds what an operation may answer when it does not do what was asked.
func describeFailures(doc *huma.OpenAPI) {
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post,
			http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete} {
			if op == nil {
				continue
			}
			for _, status := range failuresOf(method, path, op) {
				f := failure(doc)
				f.Description = http.StatusText(status)
				op.Responses[strconv.Itoa(status)] = f
			}
			op.Responses["default"] = failure(doc)
		}
	}
}

func failuresOf(method, path string, op *huma.Operation) []int {
	// Wrong credentials, too many of them, and a name that is not this computer's.
	all := []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusMisdirectedRequest}
	changes, files := method != http.MethodGet, op.Tags[0] == "files" || op.Tags[0] == "shares"
	if changes || files || op.Security != nil {
		all = append(all, http.StatusForbidden)
	}
	if files || strings.Contains(path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if changes && files {
		all = append(all, http.StatusConflict)
	}
	if op.RequestBody != nil {
		all = append(all, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.RequestBody != nil || len(op.Parameters) > 0 {
		all = append(all, http.StatusUnprocessableEntity)
	}
	return all
}

// describeListing adds what the web door answers at the paths of the tree.
func describeListing(doc *huma.OpenAPI) {
	schema := doc.Components.Schemas.Schema(reflect.TypeFor[Listing](), true, "Listing")
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/{path}", OperationID: "list", Summary: "List a folder",
		Description: "With Accept: application/json. The path may hold slashes and is percent-encoded here as in every URL. " +
			"With ?info the answer holds the entry itself, also of a file, and its record.",
		Tags: []string{"files"},
		Parameters: []*huma.Param{
			{Name: "path", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Example: "photos/2026/"},
			{Name: "info", In: "query", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		Responses: map[string]*huma.Response{
			"200":     {Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
			"default": failure(doc),
		},
	})
}

// failure is the answer of every operation that did not do what was asked.
func failure(doc *huma.OpenAPI) *huma.Response {
	schema := doc.Components.Schemas.Schema(reflect.TypeFor[problem.Problem](), true, "Problem")
	return &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}
}
