package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery"
	"portico/backend/problem"
)

// deskOf starts a house with a settings file and returns how its owner asks it something.
func deskOf(t *testing.T, data string) (s *Server, ask func(status int, method, path string, body, out any)) {
	t.Helper()
	file := filepath.Join(data, config.FileName)
	s = start(t, data, func(o *Options) {
		o.Loopback = true
		o.watch = func(ctx context.Context, _ func(discovery.Table)) { <-ctx.Done() } // tests say where they are
		o.Save = func(changes ...config.Change) error { return config.Save(file, changes...) }
		o.Settings = func() (config.Config, error) {
			c, err := config.Load(file)
			if c.HTTP.Addr == config.Defaults().HTTP.Addr {
				c.HTTP.Addr = "127.0.0.1:0" // nothing of a test is open to others
			}
			return c, err
		}
	})
	url, token := s.Control()
	return s, func(status int, method, path string, body, out any) {
		t.Helper()
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, url+path, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Portico-Token", token)
		if body != nil {
			r.Header.Set("Content-Type", "application/json")
		}
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != status {
			t.Fatalf("%s %s: %d, %v, want %d: %s", method, path, resp.StatusCode, err, status, answer)
		}
		if out != nil {
			if err := json.Unmarshal(answer, out); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
		}
	}
}

func TestDoorsOverTheDesk(t *testing.T) {
	data := t.TempDir()
	s, ask := deskOf(t, data)
	type m map[string]any
	var d api.Door
	ask(200, "PATCH", "/-/api/doors/http", m{"open": false}, &d)
	if d.Open || len(s.Addresses()) != 0 {
		t.Errorf("%+v, %v", d, s.Addresses())
	}
	var p problem.Problem
	ask(409, "PATCH", "/-/api/doors/http", m{"port": 0}, &p)
	if p.Code != "NET-DOOR-01" {
		t.Errorf("%+v", p)
	}
	ask(200, "PATCH", "/-/api/doors/http", m{"open": true}, &d)
	if !d.Open || !strings.HasPrefix(d.Address, "http://127.0.0.1:") {
		t.Errorf("%+v", d)
	}
	at, err := netip.ParseAddrPort(strings.Trim(strings.TrimPrefix(d.Address, "http:"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	ask(200, "PATCH", "/-/api/doors/http", m{"port": at.Port()}, &d)
	wantStatus(t, s, "/-/health", 200)
	control, _ := s.Control()
	taken := netip.MustParseAddrPort(strings.TrimPrefix(control, "http://"))
	ask(409, "PATCH", "/-/api/doors/http", m{"port": taken.Port()}, &p)
	if p.Code != "NET-PORT-01" || !strings.Contains(p.Detail, "is used by") {
		t.Errorf("%+v", p)
	}
	wantStatus(t, s, "/-/health", 200) // where it was
	ask(404, "PATCH", "/-/api/doors/gopher", m{"open": true}, nil)
	ask(422, "PATCH", "/-/api/doors/http", m{"port": 70000}, nil)
}

func TestDroppedFilesBecomeShares(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	type m map[string]any
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range []string{"trip/a.jpg", "trip/b.jpg", "trip/secret", "else/c.jpg", "film/1.mkv"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
		names = append(names, file)
	}
	var list api.ShareList
	ask(200, "POST", "/-/api/desktop/share", m{"files": []string{names[0], names[3], filepath.Join(dir, "film"), names[1]}, "share": m{"for": "1h"}}, &list)
	if len(list.Shares) != 3 {
		t.Fatalf("%+v", list)
	}
	selection, file, folder := list.Shares[0], list.Shares[1], list.Shares[2]
	if !slices.Equal(selection.Items, []string{"a.jpg", "b.jpg"}) || selection.Expires == 0 || !file.File || folder.File || len(folder.Items) > 0 {
		t.Errorf("%+v", list)
	}
	for path, want := range map[string]int{"/s/" + selection.Key + "/a.jpg": 200, "/s/" + selection.Key + "/b.jpg": 200, "/s/" + selection.Key + "/secret": 404,
		"/s/" + file.Key + "/c.jpg": 200, "/s/" + folder.Key + "/1.mkv": 200, "/s/" + folder.Key + "/a.jpg": 404, selection.Path + "/a.jpg": 404} {
		if code, body := get(t, s, path); code != want {
			t.Errorf("%s: %d %.80s, want %d", path, code, body, want)
		}
	}
	var p problem.Problem
	ask(422, "POST", "/-/api/desktop/share", m{"files": []string{names[0], filepath.Join(dir, "nothing")}}, &p)
	if p.Errors[0].At != "body.files[1]" {
		t.Errorf("%+v", p)
	}
	ask(409, "POST", "/-/api/desktop/share", m{"files": []string{"relative"}}, &p)
	ask(403, "POST", "/-/api/desktop/share", m{"files": []string{filepath.Join(dir, "film"), names[0], names[1]}, "share": m{"preset": "full"}}, &p)
	var now api.ShareList
	if ask(200, "GET", "/-/api/shares", nil, &now); len(now.Shares) != 3 {
		t.Errorf("of a drop that was refused something stays: %+v", now)
	}
	// Over the network there is no such operation, whoever asks.
	r, err := http.Post(s.Addresses()[0]+"/-/api/desktop/share", "application/json", strings.NewReader(`{"files":["/etc/passwd"]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != 404 {
		t.Errorf("%d", r.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestDisksOverTheDesk(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	type m map[string]any
	dir := folderWith(t, "a.txt")
	var list api.ShareList
	ask(200, "POST", "/-/api/desktop/share", m{"files": []string{dir}}, &list)
	path, link := list.Shares[0].Path, "/s/"+list.Shares[0].Key+"/a.txt"
	wantStatus(t, s, link, 200)
	ask(204, "POST", "/-/api/volumes/eject", m{"volume": path}, nil)
	wantStatus(t, s, link, 503)
	var p problem.Problem
	if ask(409, "POST", "/-/api/volumes/eject", m{"volume": path}, &p); p.Code != "VOL-DISK-01" || strings.Contains(p.Detail+p.Next, dir) {
		t.Errorf("%+v", p)
	}
	ask(204, "POST", "/-/api/volumes/accept", m{"volume": path}, nil)
	wantStatus(t, s, link, 200)
	ask(404, "POST", "/-/api/volumes/eject", m{"volume": "/nothing"}, nil)
	ask(404, "POST", "/-/api/volumes/accept", m{"volume": "nothing"}, nil)
}

func TestNetworkOverTheDesk(t *testing.T) {
	data := t.TempDir()
	s, ask := deskOf(t, data)
	s.addrs.update(discovery.Table{
		{Name: "eth0", Up: true, Gateway: true, Hardware: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("192.168.1.20/24")}}},
		{Name: "tail0", Up: true, Tunnel: true, Addrs: []discovery.Addr{{Prefix: netip.MustParsePrefix("100.64.0.9/32")}}},
	})
	first := func(n api.Network) string {
		t.Helper()
		if len(n.Addresses) != 2 {
			t.Fatalf("%+v", n)
		}
		return n.Addresses[0].Interface + " " + n.Addresses[0].Kind
	}
	var n api.Network
	if ask(200, "GET", "/-/api/network", nil, &n); n.Chosen != "" || first(n) != "eth0 lan" {
		t.Errorf("%+v", n)
	}
	if ask(200, "PUT", "/-/api/network", map[string]string{"interface": "tail0"}, &n); n.Chosen != "tail0" || first(n) != "tail0 tunnel" {
		t.Errorf("%+v", n)
	}
	if hosts := s.addrs.hosts(); hosts[0] != "100.64.0.9" {
		t.Errorf("links begin with %v", hosts)
	}
	table := s.addrs.table
	stop(t, s)
	s, ask = deskOf(t, data)
	s.addrs.update(table)
	if ask(200, "GET", "/-/api/network", nil, &n); n.Chosen != "tail0" || first(n) != "tail0 tunnel" {
		t.Errorf("after a restart: %+v", n)
	}
	if ask(200, "PUT", "/-/api/network", map[string]string{"interface": ""}, &n); n.Chosen != "" || first(n) != "eth0 lan" {
		t.Errorf("%+v", n)
	}
	ask(200, "PUT", "/-/api/network", map[string]string{"interface": "gone0"}, &n)
	if first(n) != "eth0 lan" {
		t.Errorf("%+v", n)
	}
}

func TestSettingsOverTheDesk(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, config.FileName)
	if err := os.WriteFile(file, []byte("# mine\n[keep]\ntrash = \"3d\" # short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, ask := deskOf(t, data)
	type m map[string]any
	change := func(list ...m) m { return m{"changes": list} }
	find := func(key string) (found api.Setting) {
		t.Helper()
		var list api.SettingList
		ask(200, "GET", "/-/api/settings", nil, &list)
		for _, g := range list.Groups {
			for _, one := range g.Settings {
				if one.Key == key {
					return one
				}
			}
		}
		t.Fatalf("no setting %s", key)
		return found
	}
	var a api.SettingAnswer
	ask(200, "PATCH", "/-/api/settings", change(m{"key": "keep.trash", "value": "7d"}, m{"key": "limits.connections", "value": 100},
		m{"key": "quota.bytes", "value": m{"ada": "5GB"}}), &a)
	if len(a.Later) != 0 {
		t.Errorf("%+v", a)
	}
	if one := find("keep.trash"); one.Value != "7d" || !one.Set || one.Risk == "" || one.About == "" || one.Default != "30d" || one.Kind != "duration" {
		t.Errorf("%+v", one)
	}
	if s.config().Limits.Connections != 100 || s.config().Quota.Bytes["ada"] != 5_000_000_000 {
		t.Errorf("%+v", s.config())
	}
	ask(200, "PATCH", "/-/api/settings", change(m{"key": "keep.trash"}), &a)
	if one := find("keep.trash"); one.Value != "30d" || one.Set {
		t.Errorf("%+v", one)
	}
	if ask(200, "PATCH", "/-/api/settings", change(m{"key": "log.level", "value": "debug"}), &a); len(a.Later) != 1 {
		t.Errorf("%+v", a)
	}
	before, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(before), "# mine") {
		t.Errorf("%v: %s", err, before)
	}
	var p problem.Problem
	for _, wrong := range []m{{"key": "keep.trash", "value": "soon"}, {"key": "keep.nothing", "value": 1}, {"key": "keep", "value": 1},
		{"key": "limits.connections", "value": -1}, {"key": "limits.connections", "value": 1.5}, {"key": "http.tls.mode", "value": "x"}, {"key": "volume", "value": 1}} {
		ask(422, "PATCH", "/-/api/settings", change(m{"key": "keep.versions", "value": "1d"}, wrong), &p)
		if p.Code != "SET-VALUE-01" || len(p.Errors) == 0 || strings.Contains(p.Detail+p.Errors[0].Text, data) {
			t.Errorf("%v: %+v", wrong, p)
		}
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("%v: a change that was refused is in the file: %s", err, after)
	}
	s.o.Save = nil
	_, err = admin{s}.ChangeSettings(context.Background(), nil)
	if !errors.As(err, new(*problem.Problem)) {
		t.Error(err)
	}
}
