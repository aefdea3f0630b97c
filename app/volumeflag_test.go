package app

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/backend/access"
)

func TestParseVolume(t *testing.T) {
	const r, w = access.Read, access.Write
	for _, c := range []struct {
		text   string
		drives bool
		want   volumeFlag
		err    string
	}{
		{text: ".::r", want: volumeFlag{".", "", []flagGrant{{r, nil}}, nil}},
		{text: "data:/d:rw,ann,bob:r", want: volumeFlag{"data", "/d", []flagGrant{{r | w, []string{"ann", "bob"}}, {r, nil}}, nil}},
		{text: "data:d:r,*:A,@staff", want: volumeFlag{"data", "d", []flagGrant{{r, []string{"*"}}, {r | w | access.Move | access.Delete | access.Admin | access.Dots, []string{"@staff"}}}, nil}},
		{text: "data:d:r:c,nodupe,scan=60:c,x", want: volumeFlag{"data", "d", []flagGrant{{r, nil}}, []flagOption{{"nodupe", ""}, {"scan", "60"}, {"x", ""}}}},
		{text: `a\:b\\:d:r`, want: volumeFlag{`a:b\`, "d", []flagGrant{{r, nil}}, nil}},
		{text: `a\b:d:r`, want: volumeFlag{`a\b`, "d", []flagGrant{{r, nil}}, nil}},
		{text: `C:\Users\x:d:r`, drives: true, want: volumeFlag{`C:\Users\x`, "d", []flagGrant{{r, nil}}, nil}},
		{text: `c:/x/:/:r`, drives: true, want: volumeFlag{`c:/x/`, "/", []flagGrant{{r, nil}}, nil}},
		{text: `\\host\share\:d:r`, drives: true, want: volumeFlag{`\\host\share\`, "d", []flagGrant{{r, nil}}, nil}},
		{text: `C:d:r`, want: volumeFlag{"C", "d", []flagGrant{{r, nil}}, nil}},

		{text: "data", err: "-v data::r"},
		{text: "data:d", err: "-v data:d:r"},
		{text: "", err: "-v FOLDER::r"},
		{text: `C:\data`, drives: true, err: "SRC:MOUNT:PERMS"},
		{text: ":d:r", err: "is empty"},
		{text: "data:d:", err: "no rights"},
		{text: "data:d:rx", err: `"rx"`},
		{text: "data:d:r,", err: "a name"},
		{text: "data:d:r,@", err: "a name"},
		{text: "data:d:c,x", err: "nobody may use it"},
		{text: "data:d:r:c", err: "none follows"},
		{text: "data:d:r:c,=1", err: "has no name"},
	} {
		got, err := parseVolume(c.text, c.drives)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("parseVolume(%q): error %v, want one with %q", c.text, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("parseVolume(%q): %v", c.text, err)
		} else if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("parseVolume(%q): %s", c.text, diff)
		}
	}
}

// Whatever was understood says the same again when it is written out.
func FuzzParseVolume(f *testing.F) {
	for _, seed := range []string{".::r", `a\:b:/x:rw,ann:A,*:c,nodupe,a=b`, `C:\x:d:r`, "::", `\`, `\\:\::r`} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, drives bool) {
		v, err := parseVolume(text, drives)
		if err != nil {
			return
		}
		if v.Source == "" || len(v.Grants) == 0 {
			t.Fatalf("%q: accepted without folder or rights: %+v", text, v)
		}
		parts := []string{v.Source, v.Mount}
		for _, g := range v.Grants {
			if g.Rights == 0 {
				t.Fatalf("%q: a grant of nothing", text)
			}
			parts = append(parts, strings.Join(append([]string{g.Rights.String()}, g.Users...), ","))
		}
		for _, o := range v.Flags {
			option := o.Name
			if o.Value != "" {
				option += "=" + o.Value
			}
			parts = append(parts, "c,"+option)
		}
		again, err := parseVolume(joinColons(parts...), false)
		if err != nil {
			t.Fatalf("%q written out: %v", text, err)
		}
		if diff := cmp.Diff(v, again); diff != "" {
			t.Fatalf("%q written out differs: %s", text, diff)
		}
	})
}

func TestParseAccount(t *testing.T) {
	for _, c := range []struct{ text, name, password, err string }{
		{text: "ann:secret", name: "ann", password: "secret"},
		{text: "ann:se:cret", name: "ann", password: "se:cret"},
		{text: "ann::)", name: "ann", password: ":)"},
		{text: "data::r", err: "-v data::r"},
		{text: "data::rw,ann", err: "-v data::rw,ann"},
		{text: "data::", err: "-v data::"},
		{text: "ann", err: "USER:PASSWORD"},
		{text: "ann:", err: "USER:PASSWORD"},
		{text: ":secret", err: "USER:PASSWORD"},
	} {
		name, password, err := parseAccount(c.text)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("parseAccount(%q): error %v, want one with %q", c.text, err, c.err)
			}
		} else if err != nil || name != c.name || password != c.password {
			t.Errorf("parseAccount(%q) = %q, %q, %v", c.text, name, password, err)
		}
	}
}
