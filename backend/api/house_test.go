package api_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/event"
	"portico/backend/problem"
	"portico/backend/protocol/web"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/localdisk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the whole of what stands below the API, on a real disk and database. /files is a volume;
// anna may do everything there, bert may read, guests may read /files/open and add to /files/drop.
type house struct {
	t        testing.TB
	disk     string
	store    *store.Store
	bus      *event.Bus
	tree     *vfs.Tree
	accounts *account.Accounts
	shares   *share.Shares
	api      *api.API // what everybody reaches
	url      string
	control  string // where only the owner is
	anna     access.Identity
	life     time.Duration // of event streams
	beat     time.Duration // of event streams; 0: 20 ms
}

func open(t testing.TB) *house {
	h := &house{t: t, disk: t.TempDir()}
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	var err error
	h.store, err = store.Open(ctx, store.Options{Dir: t.TempDir(), Log: log, Appended: func(e []event.Event) { h.bus.Publish(e) }})
	h.must(err)
	h.bus = event.NewBus(h.store, log)
	h.tree, err = vfs.New(vfs.Config{Store: h.store, Log: log})
	h.must(err)
	disk, err := localdisk.Open(ctx, localdisk.Options{Root: h.disk, Instance: "test", Log: log})
	h.must(err)
	h.must(h.tree.Mount(ctx, vfs.Volume{Name: "files", Path: "/files", Driver: disk, Durability: store.Fast, Trash: true}))
	h.accounts, err = account.New(account.Options{Store: h.store, Log: log, Cost: account.Cost{Time: 1, MemoryKiB: 8, Threads: 1}})
	h.must(err)
	h.people(ctx)
	h.shares = share.New(share.Options{Store: h.store, Accounts: h.accounts, Log: log, Policy: h.tree.Policy, Target: h.target, Changed: h.changed})
	h.serve(log)
	t.Cleanup(h.close)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// people makes anna, bert and the administrator root, each with their name as password.
func (h *house) people(ctx context.Context) {
	ids := map[string]string{}
	for _, name := range []string{"anna", "bert", "root"} {
		n := account.NewAccount{Name: name, Password: name}
		if name == "root" {
			n.Role = account.RoleAdmin
		}
		made, err := h.accounts.Create(ctx, n)
		h.must(err)
		ids[name] = made.ID
	}
	h.anna = access.Identity{Kind: access.Account, ID: ids["anna"], Name: "anna"}
	account := func(name string) access.Subject { return access.Subject{Kind: access.Account, ID: ids[name]} }
	everyone := access.Subject{Kind: access.Guest}
	h.tree.SetPolicy(access.NewPolicy([]access.Grant{
		{Path: "/files", Who: account("anna"), Rights: access.Full | access.Dots},
		{Path: "/files", Who: account("bert"), Rights: access.Read},
		{Path: "/files/secret", Who: account("anna"), Rights: access.Full | access.Dots},
		{Path: "/files/open", Who: everyone, Rights: access.Read},
		{Path: "/files/open", Who: account("anna"), Rights: access.Full | access.Dots},
		{Path: "/files/open/hidden", Who: account("anna"), Rights: access.Full | access.Dots},
		{Path: "/files/drop", Who: everyone, Rights: access.Write},
		{Path: "/files/drop", Who: account("anna"), Rights: access.Full | access.Dots},
	}))
}

// target is what the server tells share of a place.
func (h *house) target(ctx context.Context, by access.Identity, path string) (share.Target, error) {
	s := h.tree.Session(ctx, by, vfs.Origin{Door: "test"})
	defer s.Close()
	e, err := s.Stat(path)
	if err != nil {
		return share.Target{}, err
	}
	if !e.Rights.Any(access.Read | access.Write) {
		return share.Target{}, fs.ErrNotExist
	}
	return share.Target{Path: path, File: !e.IsFolder()}, nil
}

// changed ends the sessions of links that do not stand any more.
func (h *house) changed() {
	h.tree.EndSessions(func(id access.Identity) bool {
		if id.Kind != access.Link {
			return false
		}
		_, err := h.shares.Present(context.Background(), id)
		return err != nil
	})
}

// serve opens the web door twice, as the server does: for everybody, and for the owner alone.
func (h *house) serve(log *slog.Logger) {
	front := web.NewFront(web.FrontOptions{Tree: h.tree, Accounts: h.accounts, Shares: h.shares, Log: log})
	options := api.Options{
		Place: front.Place, Identity: front.Identity, Cookies: front,
		Accounts: h.accounts, Shares: h.shares, Tree: h.tree, Bus: h.bus, Source: h.store,
		Name: func() string { return "Studio laptop" },
		Status: func(context.Context) api.Status {
			return api.Status{Host: "Studio laptop", Version: "test", Addresses: []string{"http://192.0.2.1:3923"},
				Doors: []api.Door{{Name: "http", Open: true}}}
		},
		Addresses: func() []string { return []string{"http://192.0.2.1:3923"} },
		Host:      func(host string) bool { return strings.HasPrefix(host, "127.0.0.1:") },
		Heartbeat: cmp.Or(h.beat, 20*time.Millisecond), StreamLife: h.life, Log: log,
	}
	h.api = api.New(options)
	h.url = h.listen(h.api, web.New(web.Options{Front: front, API: h.api, Log: log}).Handler())
	options.Control = true
	inner := api.New(options)
	door := web.New(web.Options{Front: front, API: inner, Log: log}).Handler()
	h.control = h.listen(inner, web.Trusted(door, account.Owner()))
}

func (h *house) listen(a *api.API, door http.Handler) (url string) {
	server := httptest.NewServer(door)
	h.t.Cleanup(func() {
		a.Close()
		server.Close()
	})
	return server.URL
}

func (h *house) close() {
	h.must(h.shares.Close())
	h.must(h.accounts.Close())
	h.must(h.tree.Close())
	h.bus.Close()
	h.must(h.store.Close())
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// person sends requests as somebody.
type person struct {
	*house
	base    string
	headers http.Header
}

func (h *house) guest() *person { return &person{h, h.url, http.Header{}} }
func (h *house) owner() *person { return &person{h, h.control, http.Header{}} }

// as is an account that signs in with every request.
func (h *house) as(name string) *person {
	p := h.guest()
	r := &http.Request{Header: p.headers}
	r.SetBasicAuth(name, name)
	return p
}

// ask sends a body as JSON (nil: none; a string as it is) and returns the answer with its text.
func (p *person) ask(method, path string, body any, headers ...string) (*http.Response, string) {
	p.t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		p.must(err)
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, content)
	p.must(err)
	for k, v := range p.headers {
		r.Header[k] = v
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	p.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	p.must(err)
	return resp, string(text)
}

// want asks, checks the status and reads the answer into out.
func (p *person) want(status int, method, path string, body, out any, headers ...string) *http.Response {
	p.t.Helper()
	resp, text := p.ask(method, path, body, headers...)
	if resp.StatusCode != status {
		p.t.Fatalf("%s %s %v: %d, want %d: %s", method, path, body, resp.StatusCode, status, text)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(text), out); err != nil {
			p.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return resp
}

// refused checks status and code, and that the answer speaks as all problems do.
func (p *person) refused(status int, code, method, path string, body any, headers ...string) problem.Problem {
	p.t.Helper()
	var out problem.Problem
	resp := p.want(status, method, path, body, &out, headers...)
	if resp.Header.Get("Content-Type") != "application/problem+json" || out.Status != status || out.Code != code || out.Title == "" || out.Detail == "" {
		p.t.Errorf("%s %s: %s %+v, want code %s", method, path, resp.Header.Get("Content-Type"), out, code)
	}
	return out
}

// put lays a file on the disk, as if it had always been there.
func (h *house) put(name, content string) {
	h.t.Helper()
	file := filepath.Join(h.disk, filepath.FromSlash(name))
	h.must(os.MkdirAll(filepath.Dir(file), 0o755))
	h.must(os.WriteFile(file, []byte(content), 0o644))
}

func (h *house) exists(name string) bool {
	_, err := os.Stat(filepath.Join(h.disk, filepath.FromSlash(name)))
	return err == nil
}

// share makes a share as anna and returns the URL path of its root.
func (h *house) share(in api.ShareRequest) (string, api.Share) {
	h.t.Helper()
	var out api.Share
	h.as("anna").want(200, "POST", "/-/api/shares", in, &out)
	return "/s/" + out.Key + "/", out
}
