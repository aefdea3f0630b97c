package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// lay writes a small tree to the disk behind /files and returns its contents by name.
func lay(t *testing.T, h *vfstest.House) map[string]string {
	t.Helper()
	big := make([]byte, 700<<10)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range big {
		big[i] = byte(r.Uint32())
	}
	files := map[string]string{
		"trip/a.txt":            "hello",
		"trip/empty.txt":        "",
		"trip/big.bin":          string(big),
		"trip/sub/Füße 日本.txt":  "unicode",
		"trip/sub/x'y&z (1).md": "# title",
		"trip/sub/deep/1/2/3.t": strings.Repeat("x", 513),
		"trip/zz.last":          "end",
		"other.txt":             "not in trip",
		"trip/" + strings.Repeat("long", 40) + ".txt": "name over 100 characters",
	}
	for name, content := range files {
		path := filepath.Join(h.Disk["/files"], filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(h.Disk["/files"], "trip", "hollow"), 0o755); err != nil {
		t.Fatal(err)
	}
	return files
}

func plan(t *testing.T, p *Packer, s *vfs.Session, r Request) *Plan {
	t.Helper()
	out, err := p.Plan(s, r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func whole(t *testing.T, p *Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := p.SendTo(&b, 0, p.Size())
	if err != nil || n != p.Size() || int64(b.Len()) != n {
		t.Fatalf("sent %d, got %d of %d: %v", n, b.Len(), p.Size(), err)
	}
	return b.Bytes()
}

// unpack writes data to a file and runs a real program on it in an empty folder.
func unpack(t *testing.T, data []byte, name string, command ...string) string {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not installed", command[0])
	}
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	for i, arg := range command {
		command[i] = strings.ReplaceAll(arg, "FILE", file)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return dir
}

// compare checks that dir holds exactly what was below trip, empty folder and times included.
func compare(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	seen := 0
	for name, want := range files {
		if !strings.HasPrefix(name, "trip/") {
			continue
		}
		seen++
		path := filepath.Join(dir, filepath.FromSlash(name))
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, want %d (%v)", name, len(got), len(want), err)
			continue
		}
		info, _ := os.Stat(path)
		if at := info.ModTime().UTC(); !at.Equal(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)) {
			t.Errorf("%s: time %v", name, at)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "trip", "hollow")); err != nil || !info.IsDir() {
		t.Errorf("the empty folder is missing: %v", err)
	}
	count := 0
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			count++
		}
		return nil
	})
	if count != seen {
		t.Errorf("%d files, want %d", count, seen)
	}
}

const pythonZip = `import zipfile,os,time,sys
z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
z.extractall('.')
for i in z.infolist():
    if not i.is_dir(): os.utime(i.filename,(1772600767,1772600767))`

func TestZipWithRealPrograms(t *testing.T) {
	h := vfstest.New(t)
	files := lay(t, h)
	p := plan(t, New(Options{}), h.Owner(), Request{Format: Zip, Folder: "/files/trip", Top: "trip"})
	data := whole(t, p)
	t.Run("unzip", func(t *testing.T) { compare(t, unpack(t, data, "x.zip", "unzip", "-q", "FILE"), files) })
	t.Run("unzip -t", func(t *testing.T) { unpack(t, data, "x.zip", "unzip", "-tq", "FILE") })
	t.Run("python", func(t *testing.T) {
		compare(t, unpack(t, data, "x.zip", "python3", "-c", pythonZip, "FILE"), files)
	})
	t.Run("bsdtar", func(t *testing.T) { compare(t, unpack(t, data, "x.zip", "bsdtar", "-xf", "FILE"), files) })
	t.Run("7z", func(t *testing.T) { compare(t, unpack(t, data, "x.zip", "7z", "x", "-bd", "FILE"), files) })
	t.Run("go", func(t *testing.T) {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if f.Method != zip.Store || f.NonUTF8 {
				t.Errorf("%s: method %d, utf-8 %v", f.Name, f.Method, !f.NonUTF8)
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	})
	if p.Left != 0 || p.Files != 8 {
		t.Errorf("%d files, %d left out", p.Files, p.Left)
	}
}

func TestTarWithRealPrograms(t *testing.T) {
	h := vfstest.New(t)
	files := lay(t, h)
	packer := New(Options{Workers: 3})
	for _, c := range []struct {
		format Format
		flag   string
	}{{Tar, "-xf"}, {TarGzip, "-xzf"}, {TarZstd, "--zstd"}} {
		t.Run(c.format.Ext(), func(t *testing.T) {
			p := plan(t, packer, h.Owner(), Request{Format: c.format, Folder: "/files/trip", Top: "trip"})
			var b bytes.Buffer
			if err := p.WriteAll(&b); err != nil {
				t.Fatal(err)
			}
			if c.format == Tar && int64(b.Len()) != p.Size() || c.format != Tar && p.Size() != -1 {
				t.Errorf("announced %d, came %d", p.Size(), b.Len())
			}
			args := []string{"tar", c.flag, "FILE"}
			if c.format == TarZstd {
				args = []string{"tar", "--zstd", "-xf", "FILE"}
			}
			compare(t, unpack(t, b.Bytes(), "x"+c.format.Ext(), args...), files)
		})
	}
}

// TestRanges: every piece is the same bytes as in the whole, also for a packer that knows nothing.
func TestRanges(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	for _, format := range []Format{Zip, Tar} {
		request := Request{Format: format, Folder: "/files/trip", Top: "trip"}
		first := plan(t, New(Options{}), h.Owner(), request)
		data := whole(t, first)
		size := int64(len(data))
		r := rand.New(rand.NewPCG(3, 4))
		offsets := []int64{0, 1, size - 1, size, size / 2}
		for i := range first.members {
			offsets = append(offsets, first.members[i].off, first.members[i].off+31, first.end(i)-1)
		}
		for range 60 {
			offsets = append(offsets, r.Int64N(size))
		}
		packer := New(Options{})
		for i, off := range offsets {
			if i%7 == 0 {
				packer = New(Options{})
			}
			n := r.Int64N(size - off + 1)
			if i%3 == 0 {
				n = size - off
			}
			p := plan(t, packer, h.Owner(), request)
			if p.Version() != first.Version() || p.Size() != size {
				t.Fatal("a second plan differs")
			}
			var b bytes.Buffer
			sent, err := p.SendTo(&b, off, n)
			if err != nil || sent != n || !bytes.Equal(b.Bytes(), data[off:off+n]) {
				t.Fatalf("%s: %d bytes from %d: sent %d, %v, same %v", format.Ext(), n, off, sent, err, bytes.Equal(b.Bytes(), data[off:off+n]))
			}
		}
		if _, err := first.SendTo(io.Discard, size-1, 2); !errors.Is(err, vfs.ErrRange) {
			t.Errorf("beyond the end: %v", err)
		}
	}
}

// TestKnownSums: what came through the core has its check sum in the store; the bytes are the same.
func TestKnownSums(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	h.Put(s, "/files/trip/up.bin", strings.Repeat("portico ", 20000))
	p := plan(t, New(Options{}), s, Request{Format: Zip, Folder: "/files/trip", Top: "trip"})
	sender := &sender{plan: p}
	for i := range p.members {
		if m := &p.members[i]; !m.folder() {
			if _, ok := sender.known(m); !ok {
				t.Errorf("%s: the store does not know its check sum", m.name)
			}
		}
	}
	unpack(t, whole(t, p), "x.zip", "unzip", "-tq", "FILE")
}

func TestVersionChanges(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	s := h.Owner()
	request := Request{Format: Zip, Folder: "/files/trip", Top: "trip"}
	seen := map[string]string{}
	note := func(what string, r Request) {
		v := plan(t, New(Options{}), s, r).Version()
		if old, ok := seen[v]; ok {
			t.Errorf("%s has the version of %s", what, old)
		}
		seen[v] = what
	}
	note("first", request)
	note("tar", Request{Format: Tar, Folder: "/files/trip", Top: "trip"})
	note("other top", Request{Format: Zip, Folder: "/files/trip", Top: "tour"})
	note("selection", Request{Format: Zip, Folder: "/files/trip", Names: []string{"a.txt"}})
	h.Put(s, "/files/trip/a.txt", "HELLO")
	note("same length, other content", request)
	if _, err := s.Remove("/files/trip/hollow"); err != nil {
		t.Fatal(err)
	}
	note("empty folder gone", request)
}

func TestSelection(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	s := h.Owner()
	p := plan(t, New(Options{}), s, Request{Format: Zip, Folder: "/files/trip", Names: []string{"sub", "a.txt", "a.txt"}})
	var names []string
	for _, m := range p.members {
		names = append(names, m.name)
	}
	got := strings.Join(names, " ")
	for _, want := range []string{"a.txt", "sub/", "sub/deep/1/2/3.t"} {
		if !strings.Contains(" "+got+" ", " "+want+" ") {
			t.Errorf("%s is missing in %q", want, got)
		}
	}
	if strings.Contains(got, "big.bin") || strings.Count(got, "a.txt") != 1 {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"..", ".", "sub/deep", "", "nothing"} {
		if _, err := New(Options{}).Plan(s, Request{Folder: "/files/trip", Names: []string{bad}}); err == nil {
			t.Errorf("%q was packed", bad)
		}
	}
}

func TestUnreadableIsReported(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	root := filepath.Join(h.Disk["/files"], "trip")
	if err := os.Symlink("/etc/passwd", filepath.Join(root, "outside")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(root, "broken")); err != nil {
		t.Fatal(err)
	}
	want := 2
	if os.Geteuid() != 0 {
		if err := os.Chmod(filepath.Join(root, "a.txt"), 0); err != nil {
			t.Fatal(err)
		}
		want++
	}
	p := plan(t, New(Options{}), h.Owner(), Request{Format: Zip, Folder: "/files/trip", Top: "trip"})
	if p.Left != want {
		t.Errorf("%d left out, want %d", p.Left, want)
	}
	dir := unpack(t, whole(t, p), "x.zip", "unzip", "-q", "FILE")
	text, err := os.ReadFile(filepath.Join(dir, "trip", reportName))
	if err != nil || !strings.Contains(string(text), "outside: ") || !strings.Contains(string(text), "broken: ") || strings.Contains(string(text), h.Data) {
		t.Errorf("report %q, %v", text, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "trip", "outside")); err == nil {
		t.Error("the link that leads outside was packed")
	}
}

// TestRights: what the identity may not see is neither in the archive nor named.
func TestRights(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"), vfstest.Grant("/files/trip/sub", vfstest.Account("alice"), "r"))
	lay(t, h)
	data := whole(t, plan(t, New(Options{}), h.Guest(), Request{Format: Zip, Folder: "/files/trip", Top: "trip"}))
	if bytes.Contains(data, []byte("3.t")) || bytes.Contains(data, []byte("unicode")) {
		t.Error("a refused folder was packed")
	}
	if !bytes.Contains(data, []byte("big.bin")) {
		t.Error("the rest is missing")
	}
	if _, err := New(Options{}).Plan(h.Guest(), Request{Folder: "/files/trip/sub"}); err == nil {
		t.Error("a refused folder was planned")
	}
}

func TestTooMany(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	if _, err := New(Options{Members: 5}).Plan(h.Owner(), Request{Folder: "/files/trip"}); !errors.Is(err, vfs.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}
