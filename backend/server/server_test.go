package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/config"
)

func TestMain(m *testing.M) {
	// What zeroconf would have said more of something that was taken back ends some seconds later.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/grandcat/zeroconf.(*Server).probe"))
}

// start opens a house on loopback with the given settings; it ends with the test.
func start(t *testing.T, data string, change func(*Options)) *Server {
	t.Helper()
	o := Options{Data: data, Config: config.Defaults(), Version: "test"}
	o.Config.HTTP.Addr = "127.0.0.1:0"
	if change != nil {
		change(&o)
	}
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(errors.Join(err, s.Close()))
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// folderWith makes a folder that holds one file of that name.
func folderWith(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func volume(path, folder, rights string) config.Volume {
	v := config.DefaultVolume()
	v.Path, v.Folder, v.Perms = path, folder, map[string]string{"*": rights}
	return v
}

// get asks the HTTP door and returns status and body.
func get(t *testing.T, s *Server, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addresses()[0]+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return exchange(t, r)
}

// exchange sends a request on a connection of its own and returns status and body.
func exchange(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func wantStatus(t *testing.T, s *Server, path string, want int) {
	t.Helper()
	if got, body := get(t, s, path); got != want {
		t.Errorf("GET %s: %d, want %d: %.300s", path, got, want, body)
	}
}

// eventually asks again until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func TestReload(t *testing.T) {
	a, b := folderWith(t, "a.txt"), folderWith(t, "b.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/a", a, "r")} })
	wantStatus(t, s, "/a/a.txt", 200)
	wantStatus(t, s, "/b/b.txt", 404)
	before := s.Addresses()[0]

	c := s.config()
	c.Volumes = []config.Volume{volume("/a", a, "r"), volume("/b", b, "r")}
	if _, err := s.Reload(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, s, "/b/b.txt", 200)

	// Rights change without the volume being taken away.
	c.Volumes = []config.Volume{volume("/a", a, "w"), volume("/b", b, "r")}
	if _, err := s.Reload(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if code, _ := get(t, s, "/a/a.txt"); code == 200 {
		t.Error("a right that was taken is still there")
	}

	// What stands in the way of one volume does not stand in the way of others.
	c.Volumes = []config.Volume{volume("/b", b, "r"), volume("/api", a, "r")}
	if _, err := s.Reload(t.Context(), c); err == nil || !strings.Contains(err.Error(), "reserved") {
		t.Errorf("a reserved place: %v", err)
	}
	wantStatus(t, s, "/b/b.txt", 200)
	wantStatus(t, s, "/a/a.txt", 404)
	if s.Addresses()[0] != before {
		t.Errorf("the door moved from %s to %s", before, s.Addresses()[0])
	}
}

// A folder that is not there at start is waited for; one that the command line names is an error.
func TestMissingFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stick")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/stick", dir, "r")} })
	wantStatus(t, s, "/stick/x.txt", 503)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the folder is served", func() bool { code, _ := get(t, s, "/stick/x.txt"); return code == 200 })

	o := Options{Data: t.TempDir(), Config: config.Defaults(), Volumes: []config.Volume{volume("/x", dir+"-not", "r")}}
	o.Config.HTTP.Addr = "127.0.0.1:0"
	other, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("a folder of the command line that is not there: %v", err)
	}
}

func TestOneMaster(t *testing.T) {
	data := t.TempDir()
	start(t, data, nil)
	if _, err := New(t.Context(), Options{Data: data, Config: config.Defaults()}); !errors.Is(err, ErrHeld) {
		t.Errorf("a second master: %v", err)
	}
	if err := Dial(t.Context(), data); err != nil {
		t.Error(err)
	}
	if err := Dial(t.Context(), t.TempDir()); !errors.Is(err, ErrNotRunning) {
		t.Errorf("nobody: %v", err)
	}
}

func TestConsole(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	call := func(operation string, in, out any) error {
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Call(t.Context(), operation, body)
		if err == nil && out != nil {
			err = json.Unmarshal(answer, out)
		}
		return err
	}
	if err := call("user.add", UserRequest{Name: "ann", Password: "short"}, nil); err == nil {
		t.Error("a password that is too short was taken")
	}
	if err := call("user.add", UserRequest{Name: "ann", Password: "correct-horse"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := call("user.add", UserRequest{Name: "Ann", Password: "correct-horse"}, nil); err == nil {
		t.Error("a second ann")
	}
	if err := call("user.remove", UserRequest{Name: "nobody"}, nil); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("removing nobody: %v", err)
	}
	if err := call("user.add", map[string]any{"name": "x", "colour": "blue"}, nil); err == nil {
		t.Error("a field that nobody knows was taken")
	}
	var users []User
	if err := call("user.list", struct{}{}, &users); err != nil || len(users) != 1 || users[0].Name != "ann" {
		t.Errorf("users: %+v, %v", users, err)
	}
	var secret Secret
	if err := call("token.add", TokenRequest{User: "ann", Name: "script", Rights: "r"}, &secret); err != nil || secret.Secret == "" {
		t.Errorf("token: %+v, %v", secret, err)
	}
	if err := call("token.remove", TokenRequest{User: "ann", ID: secret.ID}, nil); err != nil {
		t.Error(err)
	}
	if err := call("nothing", nil, nil); err == nil {
		t.Error("an operation that does not exist")
	}
}

// A link to a folder that is not served mounts it for the owner alone, and keeps that.
func TestShareFolder(t *testing.T) {
	dir := folderWith(t, "x.txt")
	var saved []config.Change
	s := start(t, t.TempDir(), func(o *Options) {
		o.Save = func(c ...config.Change) error { saved = append(saved, c...); return nil }
	})
	for range 2 { // the second time it is served already
		body, err := json.Marshal(ShareRequest{Folder: dir, Preset: "view"})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Call(t.Context(), "share.folder", body)
		if err != nil {
			t.Fatal(err)
		}
		var made SharedLink
		if err := json.Unmarshal(answer, &made); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, s, strings.TrimPrefix(made.URL, s.Addresses()[0])+"/x.txt", 200)
		if code, _ := get(t, s, made.Path+"/x.txt"); code == 200 {
			t.Error("a guest without the link reads the folder")
		}
	}
	if len(saved) != 1 {
		t.Errorf("%d volumes were saved, want 1: %v", len(saved), saved)
	}
}

// One file may be so large and no larger, announced or not.
func TestFileSize(t *testing.T) {
	dir := t.TempDir()
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{volume("/", dir, "rw")}
		o.Config.Limits.FileSize = 1000
	})
	for name, c := range map[string]struct {
		size      int
		announced bool
		want      int
	}{
		"small": {1000, true, 201}, "large": {1001, true, 413}, "small-chunked": {1000, false, 201}, "large-chunked": {5000, false, 413},
	} {
		var body io.Reader = strings.NewReader(strings.Repeat("x", c.size))
		if !c.announced {
			body = io.MultiReader(body) // hides the size, so it is sent in chunks
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Addresses()[0]+"/"+name, body)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, answer.StatusCode, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != (c.want == 201) {
			t.Errorf("%s: afterwards the file: %v", name, err)
		}
	}
}
