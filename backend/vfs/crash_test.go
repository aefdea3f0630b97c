package vfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// crashCase is one change. before and after are name → content of all files below /files and /more
// that are visible then.
type crashCase struct {
	name          string
	before, after map[string]string
	do            func(t *testing.T, s *vfs.Session) error
	kind          event.Kind
	way           bool // something must make way first, which is an event of its own
}

var crashCases = []crashCase{
	{
		name: "create", after: map[string]string{"/files/a": "new"}, kind: event.Created,
		do: func(_ *testing.T, s *vfs.Session) error { return put(s, "/files/a", "new", vfs.CreateOptions{}) },
	},
	{
		name: "replace", before: map[string]string{"/files/a": "old"}, after: map[string]string{"/files/a": "new"}, kind: event.Replaced,
		do: func(_ *testing.T, s *vfs.Session) error { return put(s, "/files/a", "new", vfs.CreateOptions{}) },
	},
	{
		name: "keep both", before: map[string]string{"/files/a": "old"}, after: map[string]string{"/files/a": "old", "/files/a (2)": "new"}, kind: event.Created,
		do: func(_ *testing.T, s *vfs.Session) error {
			return put(s, "/files/a", "new", vfs.CreateOptions{OnExist: vfs.KeepBoth})
		},
	},
	{
		name: "append copy", before: map[string]string{"/files/a": "old"}, after: map[string]string{"/files/a": "old+"}, kind: event.Replaced,
		do: func(_ *testing.T, s *vfs.Session) error {
			return put(s, "/files/a", "+", vfs.CreateOptions{Base: vfs.Append})
		},
	},
	{
		name: "append in place", before: map[string]string{"/more/log": long}, after: map[string]string{"/more/log": long + "line"}, kind: event.Appended,
		do: func(_ *testing.T, s *vfs.Session) error {
			return put(s, "/more/log", "line", vfs.CreateOptions{Base: vfs.Append})
		},
	},
	{
		name: "mkdir", after: map[string]string{"/files/d/": ""}, kind: event.Folder,
		do: func(_ *testing.T, s *vfs.Session) error { _, err := s.Mkdir("/files/d", false); return err },
	},
	{
		name: "remove into trash", before: map[string]string{"/files/a": "old"}, after: map[string]string{}, kind: event.Removed,
		do: func(_ *testing.T, s *vfs.Session) error { _, err := s.Remove("/files/a"); return err },
	},
	{
		name: "remove file", before: map[string]string{"/more/a": "old"}, after: map[string]string{}, kind: event.Removed,
		do: func(_ *testing.T, s *vfs.Session) error { _, err := s.Remove("/more/a"); return err },
	},
	{
		name: "remove folder", before: map[string]string{"/more/d/": "", "/more/d/a": "old"}, after: map[string]string{}, kind: event.Removed,
		do: func(_ *testing.T, s *vfs.Session) error { _, err := s.Remove("/more/d"); return err },
	},
	{
		name: "rename", before: map[string]string{"/files/a": "old"}, after: map[string]string{"/files/b": "old"}, kind: event.Renamed,
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/a", "/files/b", vfs.Refuse)
			return err
		},
	},
	{
		name: "rename over", before: map[string]string{"/files/a": "old", "/files/b": "gone"}, after: map[string]string{"/files/b": "old"}, kind: event.Renamed,
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/a", "/files/b", vfs.Replace)
			return err
		},
	},
	{
		name: "rename folder", before: map[string]string{"/files/d/": "", "/files/d/a": "old"}, after: map[string]string{"/files/e/": "", "/files/e/a": "old"}, kind: event.Renamed,
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/d", "/files/e", vfs.Refuse)
			return err
		},
	},
	{
		name: "move across", before: map[string]string{"/files/a": "old"}, after: map[string]string{"/more/a": "old"}, kind: event.Renamed,
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/a", "/more/a", vfs.Refuse)
			return err
		},
	},
	{
		name: "move folder across", before: map[string]string{"/files/d/": "", "/files/d/a": "old"}, after: map[string]string{"/more/d/": "", "/more/d/a": "old"}, kind: event.Renamed,
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/d", "/more/d", vfs.Refuse)
			return err
		},
	},
	{
		name: "copy", before: map[string]string{"/files/a": "old"}, after: map[string]string{"/files/a": "old", "/files/b": "old"}, kind: event.Copied,
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Copy("/files/a", "/files/b", vfs.Refuse)
			return err
		},
	},
	{
		name: "copy folder", before: map[string]string{"/files/d/": "", "/files/d/a": "old"}, kind: event.Copied,
		after: map[string]string{"/files/d/": "", "/files/d/a": "old", "/files/e/": "", "/files/e/a": "old"},
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Copy("/files/d", "/files/e", vfs.Refuse)
			return err
		},
	},
	{
		name: "rename over a folder", way: true, kind: event.Renamed,
		before: map[string]string{"/files/d/": "", "/files/d/a": "new", "/files/e/": "", "/files/e/b": "old"},
		after:  map[string]string{"/files/e/": "", "/files/e/a": "new"},
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/d", "/files/e", vfs.Replace)
			return err
		},
	},
	{
		name: "rename over a folder, without trash", way: true, kind: event.Renamed,
		before: map[string]string{"/more/d/": "", "/more/d/a": "new", "/more/e/": "", "/more/e/b": "old"},
		after:  map[string]string{"/more/e/": "", "/more/e/a": "new"},
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/more/d", "/more/e", vfs.Replace)
			return err
		},
	},
	{
		name: "rename a folder over a file", way: true, kind: event.Renamed,
		before: map[string]string{"/files/d/": "", "/files/d/a": "new", "/files/e": "old"},
		after:  map[string]string{"/files/e/": "", "/files/e/a": "new"},
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/d", "/files/e", vfs.Replace)
			return err
		},
	},
	{
		name: "move a folder across, over a folder", way: true, kind: event.Renamed,
		before: map[string]string{"/files/d/": "", "/files/d/a": "new", "/more/e/": "", "/more/e/b": "old"},
		after:  map[string]string{"/more/e/": "", "/more/e/a": "new"},
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Rename("/files/d", "/more/e", vfs.Replace)
			return err
		},
	},
	{
		name: "copy over a folder", way: true, kind: event.Copied,
		before: map[string]string{"/files/a": "new", "/files/e/": "", "/files/e/b": "old"},
		after:  map[string]string{"/files/a": "new", "/files/e": "new"},
		do: func(_ *testing.T, s *vfs.Session) error {
			_, err := s.Copy("/files/a", "/files/e", vfs.Replace)
			return err
		},
	},
	{
		name: "restore, over a folder", way: true, kind: event.Restored,
		before: map[string]string{"/files/trashed/": "", "/files/trashed/b": "there"}, after: map[string]string{"/files/trashed": "old"},
		do: func(t *testing.T, s *vfs.Session) error {
			list, err := s.Trash("/")
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			_, err = s.Restore(list[0].ID, vfs.Replace)
			return err
		},
	},
	{
		name: "restore", before: map[string]string{"/files/keep": "k"}, after: map[string]string{"/files/keep": "k", "/files/trashed": "old"}, kind: event.Restored,
		do: func(t *testing.T, s *vfs.Session) error {
			list, err := s.Trash("/")
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			_, err = s.Restore(list[0].ID, vfs.Refuse)
			return err
		},
	},
}

var long = strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB

// TestCrashBetweenSteps kills every change between every two of its steps and restarts: the old state
// or the new one is there whole, exactly one event tells of the new one, and nothing is left over.
func TestCrashBetweenSteps(t *testing.T) {
	for _, c := range crashCases {
		for _, point := range []string{"intent", "act", "seal", "record"} {
			t.Run(c.name+"/"+point, func(t *testing.T) { crash(t, c, point) })
		}
		if c.way {
			t.Run(c.name+"/way", func(t *testing.T) { crash(t, c, "way") })
		}
	}
}

func crash(t *testing.T, c crashCase, point string) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: store.Durable, Trash: true, Versions: true}),
		vfstest.Volume(vfs.Volume{Name: "more", Path: "/more", Durability: store.Durable}))
	s := h.Owner()
	h.Put(s, "/files/trashed", "old")
	if _, err := s.Remove("/files/trashed"); err != nil {
		t.Fatal(err)
	}
	for name, content := range c.before {
		if strings.HasSuffix(name, "/") {
			if _, err := s.Mkdir(name, true); err != nil {
				t.Fatal(err)
			}
			continue
		}
		h.Put(s, name, content)
	}
	old := len(h.Events())
	hit := false
	h.Tree.OnStep(func(at string) error {
		if at != point || hit {
			return nil
		}
		hit = true
		if point == "way" { // in the middle of what the storage is asked
			h.Tree.Kill()
		}
		return vfs.ErrKilled
	})
	err := c.do(t, s)
	if !hit {
		t.Fatalf("the point was not passed: %v", err)
	}
	if !errors.Is(err, vfs.ErrKilled) {
		t.Fatal(err)
	}
	h.Tree.Kill()
	h.Reopen()
	s = h.Owner()
	now := visible(t, h, s)
	news := h.Events()[old:]
	switch {
	case same(now, c.after):
		if c.way && len(news) == 2 && news[0].Kind == event.Removed {
			news = news[1:]
		}
		if len(news) != 1 || news[0].Kind != c.kind {
			t.Errorf("new state, events %+v", news)
		}
	case same(now, c.before) && (point == "intent" || point == "way"):
		if len(news) != 0 {
			t.Errorf("old state, events %+v", news)
		}
	default:
		t.Errorf("state %v, events %+v", now, news)
	}
	for _, v := range []string{"files", "more"} {
		if n := h.Tree.IntentsLeft(v); n != 0 {
			t.Errorf("%d intents left in %s", n, v)
		}
	}
	noStages(t, h)
	// Life goes on.
	h.Put(s, "/files/after", "x")
	for name := range now {
		if !strings.HasSuffix(name, "/") {
			if r, err := s.Record(name); err != nil || (r.SHA256 == "" && c.kind != event.Appended && !strings.Contains(name, "/d/") && !strings.Contains(name, "/e/")) {
				t.Errorf("%s: %+v %v", name, r, err)
			}
		}
	}
}

// visible reads everything that can be seen; folders end with a slash.
func visible(t *testing.T, h *vfstest.House, s *vfs.Session) map[string]string {
	t.Helper()
	out := map[string]string{}
	for e, err := range s.Walk("/") {
		switch {
		case err != nil:
			t.Fatal(err)
		case e.Path == "/" || e.Mount:
		case e.IsFolder():
			out[e.Path+"/"] = ""
		default:
			out[e.Path] = h.Get(s, e.Path)
		}
	}
	return out
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || v != w {
			return false
		}
	}
	return true
}

// noStages fails when staged content is left on a disk.
func noStages(t *testing.T, h *vfstest.House) {
	t.Helper()
	for _, root := range h.Disk {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (strings.Contains(path, "/stage/") || strings.Contains(d.Name(), "portico-stage")) {
				if st, serr := os.Stat(path); serr == nil {
					t.Errorf("left: %s, %d bytes", path, st.Size())
				}
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil // beside us the tree purges what was given up
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
