package typescript

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func TestCommittedFileIsFresh(t *testing.T) {
	want, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Generate()
	if err != nil || !bytes.Equal(want, again) {
		t.Fatalf("two runs differ (%v)", err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(File)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the API says now: run “go run ./build generate”", File)
	}
}

func TestTypeOf(t *testing.T) {
	text := &huma.Schema{Type: huma.TypeString}
	for want, s := range map[string]*huma.Schema{
		"string":                   text,
		"unknown":                  {},
		"number":                   {Type: huma.TypeInteger},
		"boolean":                  {Type: huma.TypeBoolean},
		"Row":                      {Ref: "#/components/schemas/Row"},
		"Row[]":                    {Type: huma.TypeArray, Items: &huma.Schema{Ref: "#/components/schemas/Row"}},
		`"a" | "b"`:                {Type: huma.TypeString, Enum: []any{"a", "b"}},
		`("a" | "b")[]`:            {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Enum: []any{"a", "b"}}},
		"1":                        {Type: huma.TypeInteger, Enum: []any{1}},
		"string | null":            {Type: huma.TypeString, Nullable: true},
		"Record<string, string[]>": {Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeArray, Items: text}},
	} {
		got, err := typeOf(s)
		if err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	if _, err := typeOf(&huma.Schema{OneOf: []*huma.Schema{text, {Type: huma.TypeInteger}}}); err == nil {
		t.Error("a schema of a form that is not written got a type")
	}
}

func TestRefusesWhatHasNoFormHere(t *testing.T) {
	for name, s := range map[string]*huma.Schema{
		"Odd":     {Type: huma.TypeString},
		"Two ids": {Type: huma.TypeObject},
		"Keys":    {Type: huma.TypeObject, Properties: map[string]*huma.Schema{"a-b": {Type: huma.TypeString}}},
		"Any":     {Type: huma.TypeObject, Properties: map[string]*huma.Schema{"x": {Not: &huma.Schema{}}}},
	} {
		registry := huma.NewMapRegistry("#/", huma.DefaultSchemaNamer)
		registry.Map()[name] = s
		if _, err := generate(&huma.OpenAPI{Components: &huma.Components{Schemas: registry}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCommentsCannotEndEarly(t *testing.T) {
	registry := huma.NewMapRegistry("#/", huma.DefaultSchemaNamer)
	registry.Map()["Odd"] = &huma.Schema{Type: huma.TypeObject, Description: "a */ b\nc", Properties: map[string]*huma.Schema{}}
	got, err := generate(&huma.OpenAPI{Components: &huma.Components{Schemas: registry}})
	if err != nil || !bytes.Contains(got, []byte("/** a * / b c */\nexport interface Odd {\n}\n")) {
		t.Errorf("%v\n%s", err, got)
	}
}
