package tus

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/access"
	"portico/backend/api/urlpath"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/localdisk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a server on a real disk and database that can be stopped and started again.
type house struct {
	t     *testing.T
	data  string // the data folder
	disk  string // the served folder, mounted at /files
	yield time.Duration

	store   *store.Store
	tree    *vfs.Tree
	handler *Handler
	server  *httptest.Server
}

func open(t *testing.T) *house {
	h := &house{t: t, data: t.TempDir(), disk: t.TempDir(), yield: time.Hour}
	h.start()
	t.Cleanup(h.stop)
	return h
}

func (h *house) start() {
	h.t.Helper()
	ctx := context.Background()
	log := slog.New(slog.DiscardHandler)
	must := func(err error) {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	var err error
	h.store, err = store.Open(ctx, store.Options{Dir: h.data, Log: log})
	must(err)
	h.tree, err = vfs.New(vfs.Config{Store: h.store, Log: log})
	must(err)
	disk, err := localdisk.Open(ctx, localdisk.Options{Root: h.disk, Instance: "test", Log: log})
	must(err)
	must(h.tree.Mount(ctx, vfs.Volume{Name: "files", Path: "/files", Driver: disk, Durability: store.Fast}))
	h.tree.SetPolicy(access.NewPolicy([]access.Grant{
		{Path: "/files", Who: access.Subject{Kind: access.Account, ID: "anna"}, Rights: access.Full},
		{Path: "/files", Who: access.Subject{Kind: access.Account, ID: "bert"}, Rights: access.Read | access.Write},
		{Path: "/files/guests", Who: access.Subject{Kind: access.Guest}, Rights: access.Read | access.Write},
	}))
	h.handler = New(Options{Place: h.place, Prefix: "/-/tus/", Log: log, Yield: h.yield})
	h.server = httptest.NewServer(http.HandlerFunc(h.serve))
}

func (h *house) stop() {
	h.handler.Close()
	h.server.Close()
	if err := h.tree.Close(); err != nil {
		h.t.Error(err)
	}
	if err := h.store.Close(); err != nil {
		h.t.Error(err)
	}
}

type sessionsKey struct{}

// serve ends the sessions of a request with it, as the front does.
func (h *house) serve(w http.ResponseWriter, r *http.Request) {
	var sessions []*vfs.Session
	h.handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionsKey{}, &sessions)))
	for _, s := range sessions {
		s.Close()
	}
}

// place knows two accounts by a header, everybody else as a guest, and one share "k7" of /files/box.
func (h *house) place(r *http.Request, urlPath string) (*vfs.Session, string, error) {
	id := access.Identity{Kind: access.Guest, Name: "guest"}
	if who := r.Header.Get("X-Who"); who != "" {
		id = access.Identity{Kind: access.Account, ID: who, Name: who}
	}
	base := urlpath.Base(urlPath)
	if strings.EqualFold(base, "/s/k7") {
		anna := access.Identity{Kind: access.Account, ID: "anna", Name: "anna"}
		id = access.Identity{Kind: access.Link, ID: "k7", Behind: &anna, Mask: access.Read | access.Write, Root: "/files/box"}
	}
	remote, _, err := net.SplitHostPort(r.RemoteAddr)
	if from := r.Header.Get("X-From"); from != "" {
		remote = from
	}
	s := h.tree.Session(r.Context(), id, vfs.Origin{Door: "http", Remote: remote})
	list := r.Context().Value(sessionsKey{}).(*[]*vfs.Session)
	*list = append(*list, s)
	return s, urlPath[len(base):], err
}

// ask sends one request of the protocol. Headers come in pairs; an empty value leaves one out.
func (h *house) ask(method, url string, body io.Reader, headers ...string) *http.Response {
	h.t.Helper()
	if !strings.HasPrefix(url, "http") {
		url = h.server.URL + url
	}
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("X-Who", "anna")
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", pieceType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// want is ask for a status.
func (h *house) want(status int, method, url string, body io.Reader, headers ...string) *http.Response {
	h.t.Helper()
	resp := h.ask(method, url, body, headers...)
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != status {
		h.t.Fatalf("%s %s: %d, want %d: %s", method, url, resp.StatusCode, status, text)
	}
	if resp.Header.Get("Tus-Resumable") != "1.0.0" {
		h.t.Errorf("%s %s: no Tus-Resumable", method, url)
	}
	return resp
}

func meta(pairs ...string) string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, pairs[i]+" "+b64(pairs[i+1]))
	}
	return strings.Join(out, ",")
}

// begin makes an upload and returns its address.
func (h *house) begin(path string, size int, headers ...string) string {
	h.t.Helper()
	all := append([]string{"Upload-Length", strconv.Itoa(size), "Upload-Metadata", meta("path", path)}, headers...)
	return h.want(201, "POST", "/-/tus/", nil, all...).Header.Get("Location")
}

func (h *house) patch(status int, url string, offset int, data []byte, headers ...string) *http.Response {
	h.t.Helper()
	all := append([]string{"Upload-Offset", strconv.Itoa(offset)}, headers...)
	return h.want(status, "PATCH", url, bytes.NewReader(data), all...)
}

func (h *house) offset(url string, headers ...string) int {
	h.t.Helper()
	n, err := strconv.Atoi(h.want(200, "HEAD", url, nil, headers...).Header.Get("Upload-Offset"))
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// holds checks what lies on the disk; nil for nothing.
func (h *house) holds(name string, want []byte) {
	h.t.Helper()
	got, err := os.ReadFile(filepath.Join(h.disk, filepath.FromSlash(name)))
	if want == nil {
		if !os.IsNotExist(err) {
			h.t.Errorf("%s is visible (%v)", name, err)
		}
		return
	}
	if err != nil || !bytes.Equal(got, want) {
		h.t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
	}
}

// noise is n bytes that differ everywhere.
func noise(n int) []byte {
	out := make([]byte, n)
	x := uint32(2463534242)
	for i := range out {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		out[i] = byte(x)
	}
	return out
}
