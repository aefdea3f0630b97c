// Command types prints the TypeScript types of the API, made from its OpenAPI document, which in
// turn is made from the Go types. `go run ./build generate` keeps what it prints in the page sources.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"portico/backend/api"
)

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "types:", err)
		os.Exit(1)
	}
}

func write(w io.Writer) error {
	text, err := json.Marshal(api.Document())
	if err != nil {
		return err
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "// Made by `go run ./build generate` from the Go types of the API. Do not edit.")
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		s := d.Components.Schemas[name]
		fmt.Fprintln(out)
		comment(out, "", s.Description)
		if s.Type.is("object") && len(s.Properties) > 0 {
			fmt.Fprintf(out, "export interface %s %s\n", name, s.fields(""))
		} else {
			fmt.Fprintf(out, "export type %s = %s;\n", name, s.text(""))
		}
	}
	return out.Flush()
}

type document struct {
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

// schema is as much of a JSON schema as huma writes.
type schema struct {
	Ref         string            `json:"$ref"`
	Type        kinds             `json:"type"`
	Description string            `json:"description"`
	Properties  map[string]schema `json:"properties"`
	Required    []string          `json:"required"`
	Items       *schema           `json:"items"`
	Enum        []any             `json:"enum"`
	Const       any               `json:"const"`
	OneOf       []schema          `json:"oneOf"`
	AnyOf       []schema          `json:"anyOf"`
	Additional  json.RawMessage   `json:"additionalProperties"`
}

// kinds is "string" or ["array", "null"].
type kinds []string

func (k *kinds) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(k))
}

func (k kinds) is(kind string) bool { return slices.Contains(k, kind) }

// text is the TypeScript type of s; indent is that of the line it stands on.
func (s schema) text(indent string) string {
	var words []string
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Const != nil:
		return literal(s.Const)
	case len(s.Enum) > 0:
		for _, v := range s.Enum {
			words = append(words, literal(v))
		}
		return strings.Join(words, " | ")
	case len(s.OneOf)+len(s.AnyOf) > 0:
		for _, one := range append(s.OneOf, s.AnyOf...) {
			words = append(words, one.text(indent))
		}
		return strings.Join(words, " | ")
	}
	for _, kind := range s.Type {
		words = append(words, s.kind(kind, indent))
	}
	if len(words) == 0 {
		return "unknown"
	}
	return strings.Join(words, " | ")
}

func (s schema) kind(kind, indent string) string {
	switch kind {
	case "integer", "number":
		return "number"
	case "array":
		item := "unknown"
		if s.Items != nil {
			item = s.Items.text(indent)
		}
		if strings.ContainsAny(item, "|{") {
			return "Array<" + item + ">"
		}
		return item + "[]"
	case "object":
		if len(s.Properties) > 0 {
			return s.fields(indent)
		}
		var of schema
		if json.Unmarshal(s.Additional, &of) == nil {
			return "Record<string, " + of.text(indent) + ">"
		}
		return "Record<string, unknown>"
	}
	return kind // string, boolean, null
}

// fields is the body of an interface.
func (s schema) fields(indent string) string {
	var b strings.Builder
	b.WriteString("{\n")
	inner := indent + "\t"
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		field, mark := s.Properties[name], "?"
		if slices.Contains(s.Required, name) {
			mark = ""
		}
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			name = literal(name)
		}
		comment(&b, inner, field.Description)
		fmt.Fprintf(&b, "%s%s%s: %s;\n", inner, name, mark, field.text(inner))
	}
	return b.String() + indent + "}"
}

func comment(w io.Writer, indent, text string) {
	if text != "" {
		text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "*/", "* /")
		fmt.Fprintf(w, "%s/** %s */\n", indent, text)
	}
}

func literal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "unknown"
	}
	return string(text)
}
