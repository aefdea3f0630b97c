//go:build unix

package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"portico/backend/server"
)

func transferring(ts *testscript.TestScript, _ bool, _ []string) {
	client := server.Client(ts.Getenv("PORTICO_DATA"))
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		answer, err := client.Get("http://portico/-/api/status")
		ts.Check(err)
		var st struct{ Transfers int }
		err = json.NewDecoder(answer.Body).Decode(&st)
		answer.Body.Close()
		ts.Check(err)
		if st.Transfers > 0 {
			return
		}
	}
	ts.Fatalf("nothing moves")
}

func code(ts *testscript.TestScript, _ bool, args []string) {
	cmd := program(ts, args[1:])
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("portico %q ended with %s, want %s\n%s%s", args[1:], got, args[0], out.String(), errs.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs("stdout"), out.Bytes(), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("stderr"), errs.Bytes(), 0o644))
}

func port(ts *testscript.TestScript, _ bool, args []string) {
	u, err := url.Parse(args[1])
	ts.Check(err)
	ts.Setenv(args[0], u.Port())
}

func link(ts *testscript.TestScript, _ bool, args []string) {
	var made server.SharedLink
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &made))
	// The link carries the best address of this computer; the test listens on loopback only.
	u, err := url.Parse(made.URL)
	ts.Check(err)
	ts.Setenv(args[0], ts.Getenv("URL")+strings.TrimSuffix(u.Path, "/"))
}

func word(ts *testscript.TestScript, _ bool, args []string) {
	words := strings.Fields(ts.ReadFile(args[1]))
	if len(words) == 0 {
		ts.Fatalf("%s is empty", args[1])
	}
	ts.Setenv(args[0], words[0])
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	text, err := os.ReadFile(name)
	ts.Check(err)
	// Not the first page and not the accounts': an index that nothing of this story needs.
	page := 4096
	if len(text) < 12*page {
		ts.Fatalf("%s has only %d bytes", name, len(text))
	}
	for at := len(text) - 3*page; at < len(text)-page; at++ {
		text[at] ^= 0x5a
	}
	ts.Check(os.WriteFile(name, text, 0o600))
}

func names(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, name := range []string{
		"two words", "hash#mark", "what?", "100%", "%2e%2e", "plus+plus", "semi;colon", "amp&ersand", "back\\slash",
		`"quoted"`, "'single'", "<img src=x onerror=alert(1)>", "$(touch pwned)", "-rf", "日本語", "e\u0301 combining",
		"\u202egpj.exe", " leading", "trailing ", "tab\there", "new\nline", "con", "a:b", "...dots", "*", "~",
	} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644))
	}
}

func walk(ts *testscript.TestScript, _ bool, args []string) {
	request, err := http.NewRequest(http.MethodGet, args[0], nil)
	ts.Check(err)
	request.Header.Set("Accept", "application/json")
	var listing struct{ Entries []struct{ N, K string } }
	text := fetch(ts, request)
	ts.Check(json.Unmarshal(text, &listing))
	if want, _ := strconv.Atoi(args[1]); len(listing.Entries) != want {
		ts.Fatalf("%d entries, want %d: %s", len(listing.Entries), want, text)
	}
	for _, e := range listing.Entries {
		request, err := http.NewRequest(http.MethodGet, args[0]+url.PathEscape(e.N), nil)
		ts.Check(err)
		if got := fetch(ts, request); string(got) != e.N {
			ts.Fatalf("the file %q holds %q", e.N, got)
		}
	}
}

func fetch(ts *testscript.TestScript, r *http.Request) []byte {
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s: %s", r.URL, answer.Status, text)
	}
	return text
}
