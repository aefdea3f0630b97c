package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/config"
	"portico/backend/event"
)

// holds reports whether this process has anything open below a folder.
func holds(t *testing.T, folder string) bool {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not tell what is open")
	}
	for _, e := range all {
		if at, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(at, folder) {
			return true
		}
	}
	return false
}

func (s *Server) noticed(t *testing.T, words string) bool {
	t.Helper()
	events, err := s.store.Events(t.Context(), 0, 10000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == event.Notice && strings.Contains(e.Text, words) {
			return true
		}
	}
	return false
}

// A disk that is ejected is not held any more, and comes back by hand, or when it was away.
func TestEject(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, t.TempDir(), func(o *Options) { o.Volumes = []config.Volume{volume("/usb", dir, "rw")} })
	if code, body := put(t, s, "/usb/x", "", bytesOf(10)); code != 201 {
		t.Fatal(code, body)
	}
	in, out := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Addresses()[0]+"/usb/slow", in)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r); err == nil {
			answer.Body.Close()
		}
	}()
	if _, err := out.Write(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the upload moves", func() bool { return len(s.Transfers()) == 1 })
	if err := s.Eject(t.Context(), "usb", false); err == nil || !strings.Contains(err.Error(), "1 transfers are under way") {
		t.Errorf("ejected under way: %v", err)
	}
	out.CloseWithError(errors.New("enough"))
	<-done
	eventually(t, "the upload ends", func() bool { return len(s.Transfers()) == 0 })

	if err := s.Eject(t.Context(), "/usb", false); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing holds the disk", func() bool { return !holds(t, dir) })
	wantStatus(t, s, "/usb/x", 503)
	if err := s.Eject(t.Context(), "usb", false); err == nil {
		t.Error("ejected twice")
	}
	if !s.noticed(t, "can be disconnected now") {
		t.Error("Activity does not tell")
	}
	if err := s.Accept(t.Context(), "usb"); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, s, "/usb/x", 200)

	// Away and back.
	if err := s.Eject(t.Context(), "usb", true); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	s.volumes.mu.Lock()
	s.look(t.Context(), s.volumes.by["/usb"])
	s.volumes.mu.Unlock()
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is back", func() bool { code, _ := get(t, s, "/usb/x"); return code == 200 })
}

// Another folder in the place of one that was served is not taken for it until somebody says so.
func TestAccept(t *testing.T) {
	dir, data := filepath.Join(t.TempDir(), "stick"), t.TempDir()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	set := func(o *Options) { o.Config.Volumes = []config.Volume{volume("/usb", dir, "rw")} }
	s := start(t, data, set)
	if code, body := put(t, s, "/usb/x", "", bytesOf(10)); code != 201 {
		t.Fatal(code, body)
	}
	s.volumes.mu.Lock()
	s.rememberDisk(t.Context(), s.volumes.by["/usb"])
	s.volumes.mu.Unlock()
	stop(t, s)
	if err := os.Rename(dir, dir+"-old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}

	s = start(t, data, set)
	wantStatus(t, s, "/usb/", 503)
	if !s.noticed(t, "portico volume accept usb") {
		t.Error("Activity does not tell")
	}
	body, err := json.Marshal(VolumeRequest{Name: "usb"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), "volume.accept", body); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, s, "/usb/", 200)
	if code, answer := put(t, s, "/usb/y", "", bytesOf(10)); code != 201 {
		t.Error(code, answer)
	}
	s.volumes.mu.Lock()
	s.rememberDisk(t.Context(), s.volumes.by["/usb"])
	s.volumes.mu.Unlock()
	stop(t, s)

	// The old one again, accepted while nothing runs.
	if err := errors.Join(os.RemoveAll(dir), os.Rename(dir+"-old", dir)); err != nil {
		t.Fatal(err)
	}
	o := Options{Data: data, Config: config.Defaults()}
	here, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = here.Call(t.Context(), "volume.accept", body)
	_, wrong := here.Call(t.Context(), "volume.accept", []byte(`{"name":"nobody"}`))
	if err := errors.Join(err, here.Close()); err != nil {
		t.Fatal(err)
	}
	if wrong == nil || !strings.Contains(wrong.Error(), "there are") {
		t.Error(wrong)
	}
	s = start(t, data, set)
	wantStatus(t, s, "/usb/x", 200)
}
