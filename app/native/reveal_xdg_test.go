//go:build unix && !darwin

package native

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// stub makes the only program of that name; it writes each of its arguments, ended by a zero, to the
// file that is returned.
func stub(t *testing.T, name string) (record string) {
	t.Helper()
	dir := t.TempDir()
	record = filepath.Join(dir, "record")
	write(t, filepath.Join(dir, name), "#!/bin/sh\nprintf '%s\\0' \"$@\" >'"+record+".new'\nmv '"+record+".new' '"+record+"'\n")
	if err := os.Chmod(filepath.Join(dir, name), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return record
}

// recorded waits for what a stub was called with, and forgets it.
func recorded(t *testing.T, record string) []string {
	t.Helper()
	eventually(t, "the program is called", func() bool { _, err := os.Stat(record); return err == nil })
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(record); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

func TestRevealByTheFileManager(t *testing.T) {
	address := privateBus(t)
	calls := make(chan []string, 10)
	record := func(verb string) func([]string, string) *dbus.Error {
		return func(uris []string, startup string) *dbus.Error {
			calls <- append([]string{verb}, uris...)
			return nil
		}
	}
	export(t, service(t, address, managerName), map[string]any{"ShowFolders": record("ShowFolders"), "ShowItems": record("ShowItems")}, managerPath, managerName)
	r := NewRevealer(join(t, address))
	dir := filepath.Join(t.TempDir(), "ünï #1?%")
	file := filepath.Join(dir, "a b.jpg")
	write(t, file, "x")
	uri := "file://" + filepath.Dir(dir) + "/%C3%BCn%C3%AF%20%231%3F%25"

	if err := r.Folder(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := within(t, calls, "the folder"); !slices.Equal(got, []string{"ShowFolders", uri}) {
		t.Errorf("%q", got)
	}
	if err := r.Select(t.Context(), file, dir); err != nil {
		t.Fatal(err)
	}
	if got := within(t, calls, "the file"); !slices.Equal(got, []string{"ShowItems", uri + "/a%20b.jpg", uri}) {
		t.Errorf("%q", got)
	}
}

func TestRevealWithoutFileManagerOnTheBus(t *testing.T) {
	record := stub(t, "xdg-open")
	dir := filepath.Join(t.TempDir(), "-a; touch $(pwned) `x` \"'\n*")
	file := filepath.Join(dir, "run me.desktop")
	write(t, file, "x")
	for name, r := range map[string]*Revealer{"no bus": NewRevealer(nil), "nobody on the bus": NewRevealer(join(t, privateBus(t)))} {
		if err := r.Folder(t.Context(), dir); err != nil {
			t.Fatal(name, err)
		}
		if got := recorded(t, record); !slices.Equal(got, []string{dir}) {
			t.Errorf("%s: folder opened with %q", name, got)
		}
		if err := r.Select(t.Context(), file); err != nil {
			t.Fatal(name, err)
		}
		if got := recorded(t, record); !slices.Equal(got, []string{dir}) {
			t.Errorf("%s: file shown with %q", name, got)
		}
		if err := r.URL(t.Context(), "http://192.168.1.20:3923/s/k7qf2mzx"); err != nil {
			t.Fatal(name, err)
		}
		if got := recorded(t, record); !slices.Equal(got, []string{"http://192.168.1.20:3923/s/k7qf2mzx"}) {
			t.Errorf("%s: address opened with %q", name, got)
		}
		for what, err := range map[string]error{
			"a file as a folder":  r.Folder(t.Context(), file),
			"a relative folder":   r.Folder(t.Context(), "."),
			"a relative file":     r.Select(t.Context(), "run me.desktop"),
			"nothing":             r.Select(t.Context()),
			"an address as a dir": r.Folder(t.Context(), "http://x/"),
		} {
			if !errors.Is(err, errTarget) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if err := r.Folder(t.Context(), dir+"/gone"); !errors.Is(err, fs.ErrNotExist) {
			t.Error(name, err)
		}
	}
	t.Setenv("PATH", "/nowhere")
	if err := NewRevealer(nil).Folder(t.Context(), dir); !errors.Is(err, ErrAbsent) {
		t.Error("with no program at all:", err)
	}
}
