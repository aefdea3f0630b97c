package webdav

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// FuzzDocument: whatever is read can be written so that it reads the same again.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0"?><propfind xmlns="DAV:"><prop><a/></prop></propfind>`, `<a xmlns:b="c"><b:d e="f">g&lt;h</b:d></a>`,
		`<a xmlns="x"><b xmlns=""><c/></b></a>`, `<!DOCTYPE a><a/>`, `<a>&amp;<![CDATA[<b>]]></a>`, `<a:b/>`, strings.Repeat("<a>", 70),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		root, err := parse(body)
		if err != nil {
			return
		}
		text := root.inner([]byte("<o>"))
		again, err := parse(append(text, "</o>"...))
		if err != nil && len(body) < 1000 {
			t.Fatalf("%q became %q", body, text)
		}
		if err == nil && !bytes.Equal(again.inner(nil), text[len("<o>"):]) {
			t.Fatalf("%q became %q and then %q", body, text, again.inner(nil))
		}
	})
}

// FuzzIf: a field is read whole or refused, and what was read holds something.
func FuzzIf(f *testing.F) {
	for _, seed := range []string{`(<urn:x> ["a"])`, `</a> (Not <b>) (["c]"])`, `([W/"x"])`, "(", "<>", "(Not)", "() ()", `<a> <b> (<c>)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		lists, ok := parseIf(value)
		if ok != (len(lists) > 0) && ok {
			t.Fatalf("%q: nothing", value)
		}
		for _, l := range lists {
			for _, c := range l.all {
				if ok && (c.token == "") == (c.tag == "") || ok && (!strings.Contains(value, c.token) || !strings.Contains(value, c.tag)) {
					t.Fatalf("%q: %+v", value, c)
				}
			}
		}
	})
}

// FuzzTimeout: a wish is never more than can be counted.
func FuzzTimeout(f *testing.F) {
	f.Add("Second-1, Infinite")
	f.Add("Second-4294967295")
	f.Fuzz(func(t *testing.T, value string) {
		if d := timeoutOf(value); d < 0 || d > (1<<32)*time.Second {
			t.Fatalf("%q: %v", value, d)
		}
	})
}
