// Package typescript writes the types of the API as TypeScript, for the pages: one interface per
// schema of the OpenAPI document, unions for what may be one of several words, the descriptions as
// comments. The result is committed (File) and a test proves that it is fresh; the build program
// writes it anew. It invents nothing: what the document does not say is not in it.
package typescript

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/api"
)

// File is where the result belongs, below the root of the sources.
const File = "frontend/src/lib/api/types.ts"

const head = `// Written from the API's own document by the build program; changes here are lost.
// Times are milliseconds since 1970, sizes are bytes, paths are URL paths that are not percent-encoded.
`

// Generate returns the content of File.
func Generate() ([]byte, error) { return generate(api.Document()) }

func generate(doc *huma.OpenAPI) ([]byte, error) {
	schemas := doc.Components.Schemas.Map()
	var b strings.Builder
	b.WriteString(head)
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := schemas[name]
		if s.Type != huma.TypeObject || !word(name) {
			return nil, fmt.Errorf("schema %s is %q: not an object, or no name", name, s.Type)
		}
		b.WriteString("\n")
		comment(&b, "", s.Description)
		fmt.Fprintf(&b, "export interface %s {\n", name)
		if err := properties(&b, name, s); err != nil {
			return nil, err
		}
		b.WriteString("}\n")
	}
	return []byte(b.String()), nil
}

func properties(b *strings.Builder, name string, s *huma.Schema) error {
	for _, key := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[key]
		t, err := typeOf(p)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, key, err)
		}
		if !word(key) {
			return fmt.Errorf("%s.%s: no name", name, key)
		}
		optional := "?"
		if slices.Contains(s.Required, key) {
			optional = ""
		}
		comment(b, "\t", p.Description)
		fmt.Fprintf(b, "\t%s%s: %s;\n", key, optional, t)
	}
	return nil
}

// typeOf returns the TypeScript type of a schema.
func typeOf(s *huma.Schema) (string, error) {
	t, err := bare(s)
	if err == nil && s.Nullable {
		t += " | null"
	}
	return t, err
}

func bare(s *huma.Schema) (string, error) {
	if s.Ref != "" {
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:], nil
	}
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for i, w := range s.Enum {
			if text, ok := w.(string); ok {
				words[i] = strconv.Quote(text)
			} else {
				words[i] = fmt.Sprint(w)
			}
		}
		return strings.Join(words, " | "), nil
	}
	switch s.Type {
	case "":
		if len(s.OneOf)+len(s.AnyOf)+len(s.AllOf) == 0 && s.Not == nil {
			return "unknown", nil // the document allows any value
		}
	case huma.TypeString:
		return "string", nil
	case huma.TypeInteger, huma.TypeNumber:
		return "number", nil
	case huma.TypeBoolean:
		return "boolean", nil
	case huma.TypeArray:
		t, err := typeOf(s.Items)
		if strings.Contains(t, " ") {
			t = "(" + t + ")"
		}
		return t + "[]", err
	case huma.TypeObject:
		if of, ok := s.AdditionalProperties.(*huma.Schema); ok && len(s.Properties) == 0 {
			t, err := typeOf(of)
			return "Record<string, " + t + ">", err
		}
	}
	return "", fmt.Errorf("no type for %q", s.Type)
}

// comment writes a description and keeps it from ending its own comment.
func comment(b *strings.Builder, indent, text string) {
	if text = strings.TrimSpace(strings.ReplaceAll(text, "*/", "* /")); text != "" {
		fmt.Fprintf(b, "%s/** %s */\n", indent, strings.Join(strings.Fields(text), " "))
	}
}

// word reports whether a name can stand in TypeScript as it is.
func word(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
