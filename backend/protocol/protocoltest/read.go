package protocoltest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func roundTrip(t *testing.T, d Door) {
	h, _, c := open(t, d)
	for _, size := range []int{0, 1, 511, 4096, 65_537, 5<<20 + 3} {
		name, content := fmt.Sprintf("/files/%d.bin", size), pattern(size)
		must(t, c.Put(name, content))
		h.holds(t, name, content)
		reads(t, c, name, content)
	}
}

// names that break quoting, encoding, sorting and shells; none may come back as another.
func hardNames(t *testing.T, d Door) {
	h, _, c := open(t, d)
	names := []string{
		"a b.txt", "-rf", "100%.txt", "%41.txt", "a+b&c=d;e.txt", "q?.txt", "#hash", "it's.txt", `"quoted".txt`, "Füße 日本 🎉.txt",
		"e\u0301-decomposed.txt", "\u00e9-composed.txt", "[x]{y}(z)~!@$^,.txt", "..dots..", "..a", "con.txt", strings.Repeat("n", 200) + ".txt", "a:b|c<d>e*.txt",
	}
	for i, name := range names {
		must(t, c.Put("/files/"+name, pattern(10+i)))
	}
	for i, name := range names {
		h.holds(t, "/files/"+name, pattern(10+i))
		reads(t, c, "/files/"+name, pattern(10+i))
	}
	h.folder(t, c, "/files/a folder & more")
	must(t, c.Put("/files/a folder & more/100%.txt", []byte("inside")))
	h.holds(t, "/files/a folder & more/100%.txt", []byte("inside"))
	a := arranges(c)
	if a == nil {
		return
	}
	got, err := a.List("/files")
	must(t, err)
	for _, name := range names {
		if !slices.Contains(got, name) {
			t.Errorf("%q is not in the list", name)
		}
	}
	for _, name := range names {
		must(t, a.Remove("/files/"+name))
		h.holds(t, "/files/"+name, nil)
	}
}

func deepFolders(t *testing.T, d Door) {
	h, _, c := open(t, d)
	path := "/files"
	for i := range 30 {
		path += fmt.Sprintf("/l%d", i) // small devices know no long paths
		h.folder(t, c, path)
	}
	must(t, c.Put(path+"/x", []byte("deep")))
	h.holds(t, path+"/x", []byte("deep"))
	reads(t, c, path+"/x", []byte("deep"))
}

func ranges(t *testing.T, d Door) {
	h, _, c := open(t, d)
	r, ok := c.(Ranger)
	if !ok {
		return
	}
	content := pattern(1 << 20)
	h.Lay("/files/a.bin", content)
	for _, p := range [][2]int64{{0, 1}, {0, 1 << 20}, {1<<20 - 1, 1}, {1000, 100_000}, {512 << 10, 512 << 10}} {
		got, err := r.GetRange("/files/a.bin", p[0], p[1])
		if err != nil || !bytes.Equal(got, content[p[0]:p[0]+p[1]]) {
			t.Errorf("%d bytes from %d: %d bytes, %v", p[1], p[0], len(got), err)
		}
	}
	if got, err := r.GetRange("/files/a.bin", 2<<20, 10); err == nil && len(got) > 0 {
		t.Errorf("beyond the end: %d bytes", len(got))
	}
}

func times(t *testing.T, d Door) {
	h, _, c := open(t, d)
	timer, ok := c.(Timer)
	if !ok {
		return
	}
	for i, at := range []time.Time{time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC), time.Date(2038, 1, 20, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 31, 23, 59, 58, 0, time.UTC)} {
		name := fmt.Sprintf("/files/%d", i)
		must(t, timer.PutTimed(name, []byte("x"), at))
		info, err := os.Stat(h.Path(name))
		must(t, err)
		if got := info.ModTime().UTC().Truncate(time.Second); !got.Equal(at) {
			t.Errorf("%s on disk: %v, want %v", name, got, at)
		}
		if got, err := timer.Time(name); err != nil || !got.UTC().Truncate(time.Second).Equal(at) {
			t.Errorf("%s: %v, want %v (%v)", name, got, at, err)
		}
	}
}

func listMany(t *testing.T, d Door) {
	h, _, c := open(t, d)
	a := arranges(c)
	if a == nil {
		return
	}
	must(t, os.Mkdir(h.Path("/files/many"), 0o755))
	for i := range 10_000 {
		h.Lay(fmt.Sprintf("/files/many/file %05d.txt", i), nil)
	}
	got, err := a.List("/files/many")
	must(t, err)
	slices.Sort(got)
	if len(slices.Compact(got)) != 10_000 || got[0] != "file 00000.txt" || got[9_999] != "file 09999.txt" {
		t.Errorf("%d names", len(got))
	}
}

func listTree(t *testing.T, d Door) {
	h, s, c := open(t, d)
	a := arranges(c)
	if a == nil {
		return
	}
	h.Lay("/files/b/c.txt", nil)
	h.Lay("/files/a.txt", nil)
	for folder, want := range map[string]string{"/files": "a.txt b/ inbox/ private/", "/files/b": "c.txt", "/files/inbox": ""} {
		got, err := a.List(folder)
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q (%v)", folder, got, want, err)
		}
	}
	top, err := a.List("/")
	slices.Sort(top)
	if err != nil || strings.Join(top, " ") != "files/ small/" {
		t.Errorf("the top: %q %v", top, err)
	}
	if _, err := arranges(s.Client(t, "")).List("/files/private"); !denied(err) {
		t.Errorf("a guest in /files/private: %v", err)
	}
}

func missing(t *testing.T, d Door) {
	_, _, c := open(t, d)
	_, err := fetch(c, "/files/none")
	wantMissing(t, "get", err)
	_, err = fetch(c, "/nowhere/none")
	wantMissing(t, "get outside of every volume", err)
	a := arranges(c)
	if a == nil {
		return
	}
	_, err = a.List("/files/none")
	wantMissing(t, "list", err)
	wantMissing(t, "remove", a.Remove("/files/none"))
	if err := a.Rename("/files/none", "/files/other"); err == nil {
		t.Error("a missing file was renamed")
	}
}

func wantMissing(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: %v, want that it does not exist", what, err)
	}
}
