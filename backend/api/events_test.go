package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/api"
	"portico/backend/vfs"
)

// message is one server-sent event; a comment has no name.
type message struct {
	name, id string
	data     string
}

// stream is one open event stream.
type stream struct {
	*house
	list chan message
	end  context.CancelFunc
}

// follow opens a stream and reads its hello.
func (p *person) follow(query string, headers ...string) *stream {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", p.base+"/-/events"+query, nil)
	p.must(err)
	for k, v := range p.headers {
		r.Header[k] = v
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	p.must(err)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		p.t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	s := &stream{p.house, make(chan message), cancel}
	go func() {
		defer close(s.list)
		defer resp.Body.Close()
		s.read(ctx, bufio.NewScanner(resp.Body))
	}()
	p.t.Cleanup(func() {
		cancel()
		for range s.list {
		}
	})
	s.next("hello", nil)
	return s
}

func (s *stream) read(ctx context.Context, lines *bufio.Scanner) {
	var m message
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "event":
			m.name = value
		case "id":
			m.id = value
		case "data":
			m.data = value
		case "":
			if lines.Text() != "" { // a comment
				continue
			}
			if m.name == "" {
				m.name = "beat"
			}
			select {
			case s.list <- m:
			case <-ctx.Done():
				return
			}
			m = message{}
		}
	}
}

// next waits for the next message that is no heartbeat, checks its name and reads it into out.
func (s *stream) next(name string, out any) message {
	s.t.Helper()
	for {
		select {
		case m, ok := <-s.list:
			if !ok {
				s.t.Fatalf("the stream ended before %s", name)
			}
			if m.name == "beat" || m.name == "batch" && name != "batch" || m.name != name && (name == "transfer" && m.name == "change" || name == "batch") {
				continue
			}
			if m.name != name {
				s.t.Fatalf("%s came, want %s: %s", m.name, name, m.data)
			}
			if out != nil {
				s.must(json.Unmarshal([]byte(m.data), out))
			}
			return m
		case <-time.After(20 * time.Second):
			s.t.Fatalf("%s never came", name)
		}
	}
}

// change waits for the next change and says it in words.
func (s *stream) change() string {
	s.t.Helper()
	var c api.Change
	s.next("change", &c)
	if c.Entry != nil {
		return c.What + " " + c.Path + " " + c.Entry.Kind
	}
	return c.What + " " + c.Path
}

// ended waits for the end of the stream and returns what came before it.
func (s *stream) ended() (left []message) {
	s.t.Helper()
	for {
		select {
		case m, ok := <-s.list:
			if !ok {
				return left
			}
			if m.name != "beat" {
				left = append(left, m)
			}
		case <-time.After(20 * time.Second):
			s.t.Fatal("the stream does not end")
		}
	}
}

// write makes a file as anna, through the core.
func (h *house) write(path, content string) {
	h.t.Helper()
	s := h.tree.Session(h.t.Context(), h.anna, vfs.Origin{Door: "ftp", Remote: "192.168.1.30"})
	defer s.Close()
	w, err := s.Create(path, vfs.CreateOptions{Parents: true, Size: int64(len(content))})
	h.must(err)
	_, err = w.Write([]byte(content))
	h.must(err)
	_, err = w.Commit()
	h.must(err)
}

func TestAVisitorSeesTheFolderChange(t *testing.T) {
	h := open(t)
	h.put("trip/old.jpg", "1")
	h.put("trip/sub/deep.jpg", "1")
	root, _ := h.share(api.ShareRequest{Path: "/files/trip"})
	s := h.guest().follow("?path=" + root)
	anna := h.as("anna")
	h.write("/files/trip/new.jpg", "hello")
	if got := s.change(); got != "put "+root+"new.jpg f" {
		t.Error(got)
	}
	// What happens elsewhere, deeper or above, is not told.
	h.write("/files/elsewhere.jpg", "x")
	h.write("/files/trip/sub/deeper.jpg", "x")
	anna.want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/trip/album"}, nil)
	if got := s.change(); got != "put "+root+"album d" {
		t.Error(got)
	}
	anna.want(200, "POST", "/-/api/files/rename", m{"from": "/files/trip/old.jpg", "to": "/files/trip/older.jpg"}, nil)
	if got := s.change(); got != "gone "+root {
		t.Error(got)
	}
	if got := s.change(); got != "put "+root+"older.jpg f" {
		t.Error(got)
	}
	anna.want(200, "POST", "/-/api/files/remove", m{"paths": []string{"/files/trip/older.jpg"}}, nil)
	if got := s.change(); got != "gone "+root {
		t.Error(got)
	}
	anna.want(200, "POST", "/-/api/files/copy", m{"from": "/files/elsewhere.jpg", "to": "/files/trip/copy.jpg"}, nil)
	if got := s.change(); got != "put "+root+"copy.jpg f" {
		t.Error(got)
	}
}

func TestNamesDoNotLeak(t *testing.T) {
	h := open(t)
	h.put("open/hidden/x", "1")
	s := h.guest().follow("?path=/files/open")
	h.write("/files/open/hidden/plan.txt", "x")
	h.write("/files/open/.draft", "x")
	h.write("/files/open/seen.txt", "x")
	if got := s.change(); got != "put /files/open/seen.txt f" {
		t.Error(got)
	}
	// Something hidden goes: that something went is all that may be heard.
	h.as("anna").want(200, "POST", "/-/api/files/remove", m{"paths": []string{"/files/open/.draft", "/files/open/hidden"}}, nil)
	h.write("/files/open/after.txt", "x")
	for {
		got := s.change()
		if strings.Contains(got, "hidden") || strings.Contains(got, "draft") {
			t.Errorf("a name leaked: %s", got)
		}
		if got == "put /files/open/after.txt f" {
			return
		}
		if got != "gone /files/open/" && got != "gone /files/open" {
			t.Error(got)
		}
	}
}

func TestAOneFileShareTellsOfNoOther(t *testing.T) {
	h := open(t)
	h.put("trip/mine.jpg", "1")
	h.put("trip/other.jpg", "1")
	root, _ := h.share(api.ShareRequest{Path: "/files/trip/mine.jpg"})
	s := h.guest().follow("?path=" + root)
	h.write("/files/trip/other.jpg", "changed")
	h.as("anna").want(200, "POST", "/-/api/files/remove", m{"paths": []string{"/files/trip/other.jpg"}}, nil)
	h.write("/files/trip/mine.jpg", "changed too")
	if got := s.change(); got != "put "+root+"mine.jpg f" {
		t.Error(got)
	}
}

func TestWhoMayNotLook(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	h.put("drop/x", "1")
	h.put("secret/x", "1")
	h.guest().refused(403, "ACC-RIGHT-02", "GET", "/-/events?path=/files/drop", nil)
	h.guest().refused(401, "ACC-SIGN-01", "GET", "/-/events?path=/files/secret", nil)
	h.as("bert").refused(403, "ACC-ADMIN-01", "GET", "/-/events", nil)
	h.guest().refused(404, "FS-NONE-01", "GET", "/-/events?path=/files/open/none", nil)
	h.guest().refused(422, "WEB-FORM-01", "GET", "/-/events?path=/files/open/x", nil)
	h.guest().refused(404, "LINK-NONE-01", "GET", "/-/events?path=/s/k7k7k7k7/", nil)
	inbox, _ := h.share(api.ShareRequest{Path: "/files/drop", Preset: "inbox"})
	h.guest().refused(403, "ACC-RIGHT-02", "GET", "/-/events?path="+inbox, nil)
}

func TestAStreamEndsWithItsShare(t *testing.T) {
	h := open(t)
	h.put("trip/x", "1")
	root, made := h.share(api.ShareRequest{Path: "/files/trip"})
	s := h.guest().follow("?path=" + root)
	h.as("anna").want(204, "DELETE", "/-/api/shares/"+made.ID, nil, nil)
	h.write("/files/trip/after.jpg", "x")
	left := s.ended()
	if len(left) != 1 || !strings.Contains(left[0].data, `"over"`) {
		t.Errorf("%+v", left)
	}
}

func TestAStreamEndsWithItsFolder(t *testing.T) {
	h := open(t)
	h.put("open/sub/x", "1")
	s := h.guest().follow("?path=/files/open/sub")
	h.as("anna").want(200, "POST", "/-/api/files/remove", m{"paths": []string{"/files/open/sub"}}, nil)
	left := s.ended()
	if len(left) != 1 || !strings.Contains(left[0].data, `"over"`) {
		t.Errorf("%+v", left)
	}
}

func TestAStreamEndsWhenRightsDo(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	s := h.guest().follow("?path=/files/open")
	h.tree.SetPolicy(access.NewPolicy(nil))
	left := s.ended()
	if len(left) != 1 || !strings.Contains(left[0].data, `"over"`) {
		t.Errorf("%+v", left)
	}
}

func TestFoldersReachedByALink(t *testing.T) {
	h := open(t)
	h.put("open/real/x", "1")
	if err := os.Symlink("real", filepath.Join(h.disk, "open", "alias")); err != nil {
		t.Skip("no symbolic links here")
	}
	s := h.guest().follow("?path=/files/open/alias")
	h.write("/files/open/real/y", "x")
	if got := s.change(); got != "put /files/open/alias/y f" {
		t.Error(got)
	}
}
