package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/vfs"
)

func TestEveryRowSpeaks(t *testing.T) {
	codes := map[string]bool{}
	for _, r := range rows() {
		err := fmt.Errorf("deep: %w", &vfs.Error{Verb: "open", Path: "/secret/place/cat.jpg", Err: r.is})
		p := From(err)
		if p.Status != r.status || p.Code != r.code {
			t.Errorf("%v became %d %s, want %d %s", r.is, p.Status, p.Code, r.status, r.code)
		}
		for what, text := range map[string]string{"title": p.Title, "detail": p.Detail, "did": p.Did, "next": p.Next} {
			if text == "" || strings.Contains(text, "%") {
				t.Errorf("%s: %s is %q", p.Code, what, text)
			}
		}
		if strings.Contains(p.Detail, "/secret") {
			t.Errorf("%s tells where the file lies: %q", p.Code, p.Detail)
		}
		if codes[p.Code] {
			t.Errorf("code %s stands twice", p.Code)
		}
		codes[p.Code] = true
	}
}

// TestSentencesEnd puts cause and next step together as the doors do: no sentence runs into another.
func TestSentencesEnd(t *testing.T) {
	made := []*Problem{Broken(), SignIn(), Absent(), From(account.ErrTooMany{})}
	for _, r := range rows() {
		made = append(made, From(r.is), From(&vfs.Error{Path: "/a/a volume, or (more).jpg", Err: r.is}))
		for _, text := range []string{"a volume is mounted there", "it may hold 100 %", "is “it” gone?", "it is called “x.”", "only 2 are free;"} {
			made = append(made, From(&vfs.Error{Path: "/a", Err: r.is, Text: text}))
		}
	}
	for _, r := range peopleRows() {
		made = append(made, From(r.is), From(fmt.Errorf("%w: it needs 4 letters", r.is)))
	}
	for _, p := range made {
		for what, text := range map[string]string{"detail": p.Detail, "did": p.Did, "next": p.Next} {
			ends := strings.HasSuffix(strings.TrimRight(text, "”)"), ".") || strings.HasSuffix(text, "?")
			if text != "" && (!ends || strings.HasSuffix(text, "..") || strings.HasSuffix(text, ";.")) {
				t.Errorf("%s: %s does not end: %q", p.Code, what, text)
			}
			if first, _ := utf8.DecodeRuneInString(text); text != "" && unicode.IsLower(first) {
				t.Errorf("%s: %s begins with a small letter: %q", p.Code, what, text)
			}
		}
	}
	edge := From(&vfs.Error{Path: "/a", Err: vfs.ErrBoundary, Text: "a volume is mounted there"})
	if got, want := edge.Detail+" "+edge.Next, "A volume is mounted there. Leave that part out, or end its share first."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPeople(t *testing.T) {
	codes := map[string]bool{}
	for _, r := range rows() {
		codes[r.code] = true
	}
	for _, r := range peopleRows() {
		p := From(fmt.Errorf("%w: it needs 4 letters", r.is))
		if p.Status != r.status || p.Code != r.code || p.Detail == "" || p.Next == "" || p.Title == "" {
			t.Errorf("%v became %+v", r.is, p)
		}
		if r.told != strings.Contains(p.Detail, "4 letters") {
			t.Errorf("%s says %q", p.Code, p.Detail)
		}
		if codes[r.code] {
			t.Errorf("code %s stands twice", r.code)
		}
		codes[r.code] = true
	}
	if p := From(account.ErrTooMany{RetryAfter: 1500 * time.Millisecond}); p.Status != 429 || p.Retry != 2 {
		t.Errorf("%+v", p)
	}
	if p := From(account.ErrTooMany{}); p.Retry != 1 {
		t.Errorf("%+v", p)
	}
}

func TestFrom(t *testing.T) {
	if From(nil) != nil {
		t.Error("nil became a problem")
	}
	told := From(&vfs.Error{Verb: "create", Path: "/a/b.jpg", Err: vfs.ErrNoSpace, Text: "Only 2.1 GB are free; this needs 3.4 GB."})
	if told.Detail != "Only 2.1 GB are free; this needs 3.4 GB." {
		t.Errorf("the sentence of the core was lost: %q", told.Detail)
	}
	if held := From(&vfs.Error{Path: "/a", Err: vfs.ErrLocked, Held: "alice"}); held.Held != "alice" {
		t.Errorf("holder %q", held.Held)
	}
	odd := From(errors.New("pq: relation /var/lib/secret does not exist"))
	if odd.Status != 500 || strings.Contains(odd.Detail, "secret") {
		t.Errorf("an unknown error told too much: %+v", odd)
	}
	mine := SignIn()
	if From(fmt.Errorf("wrapped: %w", mine)) != mine {
		t.Error("a finished problem was translated again")
	}
}

func TestForGuests(t *testing.T) {
	err := &vfs.Error{Verb: "list", Path: "/x", Err: fs.ErrPermission}
	if p := For(err, access.Identity{Kind: access.Guest}); p.Status != 401 {
		t.Errorf("guest: %d", p.Status)
	}
	for _, kind := range []access.Kind{access.Account, access.Link, access.Owner} {
		if p := For(err, access.Identity{Kind: kind}); p.Status != 403 {
			t.Errorf("%v: %d", kind, p.Status)
		}
	}
	if p := For(&vfs.Error{Path: "/x", Err: fs.ErrNotExist}, access.Identity{}); p.Status != 404 {
		t.Errorf("missing: %d", p.Status)
	}
}

func TestWrite(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("ETag", `"old"`)
	From(&vfs.Error{Path: "/x", Err: vfs.ErrAbsent}).Write(w)
	if w.Code != 503 || w.Header().Get("Retry-After") != "10" || w.Header().Get("ETag") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q", got)
	}
	var body Problem
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Code != "FS-AWAY-01" || body.Retry != 10 {
		t.Errorf("%v %+v", err, body)
	}
}
