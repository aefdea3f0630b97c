package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/backend/api"
	"portico/backend/config"
)

// caller is a browser that keeps its cookies.
func caller(t *testing.T, s *Server, agent string) func(path string) int {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	return func(path string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addresses()[0]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", agent)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
}

// TestTheOwnerIsAsked is the story of two devices at a share that asks, as the window hears it.
func TestTheOwnerIsAsked(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	one := shared(t, ask)
	ask(200, "PATCH", "/-/api/shares/"+one.ID, map[string]any{"ask": true}, &one)
	if !one.Ask {
		t.Fatalf("%+v", one)
	}
	told := stream(t, s, "asking")
	phone, tablet := caller(t, s, pixel), caller(t, s, iphone)
	path := "/s/" + one.Key + "/"
	if code := phone(path); code != http.StatusForbidden {
		t.Fatal(code)
	}
	var list api.AskingList
	if next(t, told, &list); len(list.Asking) != 1 || list.Asking[0].Name != "Pixel 8 · Chrome" || list.Asking[0].Share != one.ID {
		t.Fatalf("%+v", list)
	}
	tablet(path)
	if next(t, told, &list); len(list.Asking) != 2 || list.Asking[1].Name != "iPhone · Safari" {
		t.Fatalf("%+v", list)
	}
	ask(204, "POST", "/-/api/asking/"+list.Asking[0].ID, map[string]any{"allow": true}, nil)
	ask(204, "POST", "/-/api/asking/"+list.Asking[1].ID, map[string]any{"allow": false}, nil)
	next(t, told, &list)
	eventually(t, "nobody waits", func() bool {
		ask(200, "GET", "/-/api/asking", nil, &list)
		return len(list.Asking) == 0
	})
	if a, b := phone(path), tablet(path); a != 200 || b != 403 {
		t.Errorf("%d %d", a, b)
	}
	// Whoever only asked is among the people, so that it can be blocked.
	eventually(t, "the tablet is known", func() bool {
		var people api.PersonList
		ask(200, "GET", "/-/api/people", nil, &people)
		return slices.ContainsFunc(people.People, func(p api.Person) bool {
			return p.Name == "iPhone · Safari" && slices.Equal(p.Shares, []string{one.Title})
		})
	})
	var said api.Activity
	ask(200, "GET", "/-/api/activity", nil, &said)
	var lines []string
	for _, e := range said.Events {
		lines = append(lines, e.Sentence)
	}
	for _, want := range []string{
		"Pixel 8 · Chrome (127.0.0.1) asks to be let into “" + one.Title + "”",
		"You let Pixel 8 · Chrome (127.0.0.1) into “" + one.Title + "”",
		"You did not let iPhone · Safari (127.0.0.1) into “" + one.Title + "”",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not in Activity: %q", want, lines)
		}
	}
}

// TestTheBlockedAreNotAskedAbout: a block counts at once, before anybody is bothered.
func TestTheBlockedAreNotAskedAbout(t *testing.T) {
	v := travel(t, t.TempDir())
	v.comesTo(home())
	v.set("network.unapproved", "open")
	v.shares()
	key := strings.Split(v.link, "/")[2]
	v.opens("192.168.1.66", true)
	var list api.PersonList
	eventually(t, "the visitor is known", func() bool {
		v.ask(200, "GET", "/-/api/people", nil, &list)
		return len(list.People) > 0
	})
	v.ask(200, "PATCH", "/-/api/people/"+list.People[0].ID, map[string]any{"blocked": true}, nil)
	var shares api.ShareList
	v.ask(200, "GET", "/-/api/shares", nil, &shares)
	v.ask(200, "PATCH", "/-/api/shares/"+shares.Shares[0].ID, map[string]any{"ask": true, "maxUses": 0}, nil)
	if status, body := v.visit("192.168.1.66", "/s/"+key+"/a.txt"); status != 403 || !strings.Contains(body, "LINK-ASK-03") && !strings.Contains(body, "blocked") {
		t.Errorf("%d %s", status, body)
	}
	status, body := v.visit("192.168.1.67", "/s/"+key+"/a.txt")
	if status != 403 || !strings.Contains(body, "LINK-ASK-01") {
		t.Errorf("%d %s", status, body)
	}
	var waits api.AskingList
	v.ask(200, "GET", "/-/api/asking", nil, &waits)
	if len(waits.Asking) != 1 || waits.Asking[0].Remote != "192.168.1.67" || waits.Asking[0].Network != "Home" || !waits.Asking[0].Program {
		t.Errorf("%+v", waits)
	}
	// Whoever waits and is blocked then is gone from the window at once, and back when the block ends.
	told, who := stream(t, v.s, "asking"), -1
	eventually(t, "who waits is known", func() bool {
		v.ask(200, "GET", "/-/api/people", nil, &list)
		who = slices.IndexFunc(list.People, func(p api.Person) bool { return p.Remote == "192.168.1.67" })
		return who >= 0
	})
	for _, blocked := range []bool{true, false} {
		v.ask(200, "PATCH", "/-/api/people/"+list.People[who].ID, map[string]any{"blocked": blocked}, nil)
		if next(t, told, &waits); blocked != (len(waits.Asking) == 0) {
			t.Errorf("blocked %v: %+v", blocked, waits)
		}
	}
}

// TestApproving: a network that nobody approved is named, and mended where it is told.
func TestApproving(t *testing.T) {
	v := travel(t, t.TempDir())
	v.comesTo(home())
	v.shares()
	v.comesTo(wifi("Café au lait", "10.9.0.20/24", "aa:00:00:00:00:09"))
	v.opens("10.9.0.99", false)
	var r api.DiagnosisReport
	v.ask(200, "GET", "/-/api/diagnosis", nil, &r)
	i := slices.IndexFunc(r.Findings, func(f api.DiagnosisFinding) bool { return f.Code == "NET-MOVED-02" })
	if i < 0 {
		t.Fatalf("%+v", r)
	}
	if f := r.Findings[i]; !strings.Contains(f.Cause, "“Café au lait”") || f.Fix == nil || !f.Fix.Can || f.Fix.Command != "portico network approve 'Café au lait'" {
		t.Errorf("%+v", r.Findings[i])
	}
	found := Examine(t.Context(), Patient{Data: v.s.o.Data, Config: v.s.config()})
	if !slices.ContainsFunc(found, func(f Finding) bool {
		return f.Note && strings.Contains(f.Text, "“Café au lait”") && f.Next == "portico network approve 'Café au lait'"
	}) {
		t.Errorf("doctor does not tell: %+v", found)
	}
	var done api.FixAnswer
	v.ask(200, "POST", "/-/api/diagnosis/NET-MOVED-02/fix", nil, &done)
	if !done.Done || !v.networks().Networks[0].Approved {
		t.Errorf("%+v %+v", done, v.networks())
	}
	v.opens("10.9.0.99", true)
	if said := v.told(); said[len(said)-1] != "NET-MOVED-03 You approved the network “Café au lait”: links open there" {
		t.Errorf("%q", said)
	}
	v.ask(404, "POST", "/-/api/diagnosis/NET-MOVED-02/fix", nil, nil)
}

// TestNetworksOfTheConsole: by name, id or interface; what is not clear is asked back.
func TestNetworksOfTheConsole(t *testing.T) {
	v := travel(t, t.TempDir())
	v.comesTo(home())
	v.comesTo(office())
	call := func(op, name string) (string, error) {
		out, err := v.s.Call(t.Context(), op, []byte(`{"name":"`+name+`"}`))
		return string(out), err
	}
	for _, name := range []string{"Office", "office", "wlan0"} {
		if out, err := call("network.approve", name); err != nil || !strings.Contains(out, `"name":"Office"`) {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
	if !v.networks().Networks[0].Approved {
		t.Errorf("%+v", v.networks())
	}
	if _, err := call("network.approve", "Nowhere"); err == nil || !strings.Contains(err.Error(), "“Nowhere”") {
		t.Error(err)
	}
	if _, err := call("network.forget", "Home"); err != nil {
		t.Error(err)
	}
	out, err := v.s.Call(t.Context(), "network.list", nil)
	if err != nil || strings.Contains(string(out), "Home") || !strings.Contains(string(out), "Office") {
		t.Errorf("%s, %v", out, err)
	}
	v.comesTo(wifi("Office", "10.1.0.20/24", "aa:00:00:00:00:05"))
	if _, err := call("network.forget", "Office"); err == nil || !strings.Contains(err.Error(), "2 networks") {
		t.Error(err)
	}
}

// TestFileAt: a path of the tree never leads out of its folder.
func TestFileAt(t *testing.T) {
	dir := folderWith(t, "a.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/a", dir, "r")} })
	for at, want := range map[string]string{
		"/a": dir, "/a/": dir, "/a/a.txt": filepath.Join(dir, "a.txt"), "/a/x/../a.txt": filepath.Join(dir, "a.txt"),
		"/a/../a/a.txt": filepath.Join(dir, "a.txt"), "/a/..": "", "/a/../../etc/passwd": "", "/b": "", "a/../..": "",
	} {
		if got, ok := s.FileAt(at); got != want || ok != (want != "") {
			t.Errorf("%s: %q", at, got)
		}
	}
}

// TestEndingOverTheWire: who asks while it ends is told so as an error, whatever its words are.
func TestEndingOverTheWire(t *testing.T) {
	text, err := json.Marshal(refusalOf(fmt.Errorf("not now: %w", ErrEnding)))
	if err != nil {
		t.Fatal(err)
	}
	var r Refusal
	if err := json.Unmarshal(text, &r); err != nil || !errors.Is(r.Err(), ErrEnding) {
		t.Errorf("%s: %v, %v", text, err, r.Err())
	}
	if err := (Refusal{Error: ErrEnding.Error()}).Err(); errors.Is(err, ErrEnding) {
		t.Error("words alone make it")
	}
}
