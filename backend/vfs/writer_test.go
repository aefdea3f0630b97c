package vfs_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

func wantResult(t *testing.T, r vfs.Result, content []byte) {
	t.Helper()
	sum := sha256.Sum256(content)
	if r.SHA256 != hex.EncodeToString(sum[:]) || r.CRC32 != crc32.ChecksumIEEE(content) || r.Size != int64(len(content)) {
		t.Errorf("%s: sha %s crc %08x size %d", r.Path, r.SHA256, r.CRC32, r.Size)
	}
}

// TestDigestsWhateverTheOrder: however the bytes come, the digests are those of the file.
func TestDigestsWhateverTheOrder(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	content := noise(20<<20 + 12345)
	r := rand.New(rand.NewPCG(1, 2))
	ways := map[string]func(w *vfs.Writer) error{
		"read from": func(w *vfs.Writer) error { _, err := w.ReadFrom(bytes.NewReader(content)); return err },
		"one byte": func(w *vfs.Writer) error {
			_, err := w.ReadFrom(iotest.OneByteReader(bytes.NewReader(content[:5000])))
			if err == nil {
				_, err = w.ReadFrom(bytes.NewReader(content[5000:]))
			}
			return err
		},
		"one write": func(w *vfs.Writer) error { _, err := w.Write(content); return err },
		"backwards": func(w *vfs.Writer) error {
			for off := len(content) / 65536 * 65536; off >= 0; off -= 65536 {
				if _, err := w.WriteAt(content[off:min(len(content), off+65536)], int64(off)); err != nil {
					return err
				}
			}
			return nil
		},
		"shuffled": func(w *vfs.Writer) error {
			for _, i := range r.Perm(len(content)/65536 + 1) {
				off := i * 65536
				if _, err := w.WriteAt(content[off:min(len(content), off+65536)], int64(off)); err != nil {
					return err
				}
			}
			return nil
		},
		"many at once": func(w *vfs.Writer) error {
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for off := g * 32768; off < len(content); off += 8 * 32768 {
						if _, err := w.WriteAt(content[off:min(len(content), off+32768)], int64(off)); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			return nil
		},
		"header last": func(w *vfs.Writer) error {
			if _, err := w.Write(make([]byte, 100)); err != nil {
				return err
			}
			if _, err := w.ReadFrom(bytes.NewReader(content[100:])); err != nil {
				return err
			}
			for range 4 {
				if _, err := w.WriteAt(content[:100], 0); err != nil {
					return err
				}
			}
			return nil
		},
		"cut and grown": func(w *vfs.Writer) error {
			if _, err := w.Write(content[:3<<20]); err != nil {
				return err
			}
			if err := w.Truncate(1 << 20); err != nil {
				return err
			}
			_, err := w.WriteAt(content[1<<20:], 1<<20)
			return err
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			w, err := s.Create("/files/"+name, vfs.CreateOptions{Size: int64(len(content))})
			if err != nil {
				t.Fatal(err)
			}
			if err := way(w); err != nil {
				t.Fatal(err)
			}
			res, err := w.Commit()
			if err != nil {
				t.Fatal(err)
			}
			wantResult(t, res, content)
			if got := h.Get(s, "/files/"+name); got != string(content) {
				t.Error("the content differs")
			}
			rec, err := s.Record("/files/" + name)
			if err != nil || rec.SHA256 != res.SHA256 || rec.CRC32 != res.CRC32 || rec.By != "owner" || rec.Door != "test" {
				t.Errorf("%+v %v", rec, err)
			}
		})
	}
}

func TestHolesAreZeros(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	w, err := s.Create("/files/holes", vfs.CreateOptions{Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteAt([]byte("end"), 5000); err != nil {
		t.Fatal(err)
	}
	if err := w.Truncate(9000); err != nil {
		t.Fatal(err)
	}
	r, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, 9000)
	copy(want[5000:], "end")
	wantResult(t, r, want)
}

// TestIncomplete: what was announced must come, no more, no less, and be what it was said to be.
func TestIncomplete(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	sum := sha256.Sum256([]byte("12345"))
	for name, c := range map[string]struct {
		o     vfs.CreateOptions
		write func(w *vfs.Writer) error
		want  error
	}{
		"less":   {vfs.CreateOptions{Size: 10}, func(w *vfs.Writer) error { _, err := w.Write([]byte("12345")); return err }, vfs.ErrIncomplete},
		"more":   {vfs.CreateOptions{Size: 3}, func(w *vfs.Writer) error { _, err := w.Write([]byte("12345")); return err }, vfs.ErrIncomplete},
		"hole":   {vfs.CreateOptions{Size: 5}, func(w *vfs.Writer) error { _, err := w.WriteAt([]byte("45"), 3); return err }, vfs.ErrIncomplete},
		"digest": {vfs.CreateOptions{Size: -1, SHA256: hex.EncodeToString(sum[:])}, func(w *vfs.Writer) error { _, err := w.Write([]byte("54321")); return err }, vfs.ErrIncomplete},
		"right":  {vfs.CreateOptions{Size: 5, SHA256: hex.EncodeToString(sum[:])}, func(w *vfs.Writer) error { _, err := w.Write([]byte("12345")); return err }, nil},
	} {
		w, err := s.Create("/files/"+name, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if err = c.write(w); err == nil {
			_, err = w.Commit()
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		w.Abort()
		if _, err := s.Stat("/files/" + name); (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Create("/files/huge", vfs.CreateOptions{Size: 1 << 60}); !errors.Is(err, vfs.ErrNoSpace) {
		t.Error(err)
	}
	noStages(t, h)
}

// TestOwnPending: the writer's identity sees what it is writing; everybody else the old state.
func TestOwnPending(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Account("ann"), "rw"), vfstest.Grant("/files", vfstest.Account("bob"), "r"))
	ann, bob := h.Session(vfstest.User("ann")), h.Session(vfstest.User("bob"))
	w, err := ann.Create("/files/new", vfs.CreateOptions{Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("so far")); err != nil {
		t.Fatal(err)
	}
	again := h.Session(vfstest.User("ann"))
	if e, err := again.Stat("/files/new"); err != nil || !e.Pending || e.Size != 6 {
		t.Errorf("%+v %v", e, err)
	}
	if l, err := again.List("/files"); err != nil || len(l) != 1 || !l[0].Pending {
		t.Errorf("%+v %v", l, err)
	}
	if got := h.Get(again, "/files/new"); got != "so far" {
		t.Error(got)
	}
	if _, err := bob.Stat("/files/new"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	wantNames(t, bob, "/files")
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if e, err := bob.Stat("/files/new"); err != nil || e.Pending {
		t.Errorf("%+v %v", e, err)
	}
	w, err = ann.Create("/files/new2", vfs.CreateOptions{Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := ann.Remove("/files/new2"); err != nil || r.Files != 1 {
		t.Error(r, err)
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, vfs.ErrClosed) {
		t.Error(err)
	}
	wantNames(t, ann, "/files", "new")
	noStages(t, h)
}

func TestAppend(t *testing.T) {
	for _, v := range []vfs.Volume{{Name: "plain", Path: "/files"}, {Name: "versioned", Path: "/files", Versions: true}} {
		h := vfstest.New(t, vfstest.Volume(v), vfstest.Grant("/files", vfstest.Account("reader"), "r"))
		s := h.Owner()
		content := noise(3 << 20)
		h.Put(s, "/files/log", string(content))
		var ws []*vfs.Writer
		for _, line := range []string{"first\n", "second\n"} {
			w, err := s.Create("/files/log", vfs.CreateOptions{Base: vfs.Append, Size: -1})
			if err != nil {
				t.Fatal(err)
			}
			if n := w.Size(); n != int64(len(content)) {
				t.Error(n)
			}
			if _, err := w.WriteAt([]byte("x"), 5); !errors.Is(err, vfs.ErrRange) {
				t.Error(err)
			}
			if _, err := w.Write([]byte(line)); err != nil {
				t.Fatal(err)
			}
			ws = append(ws, w)
		}
		if got := h.Get(s, "/files/log"); got != string(content)+"second\n" {
			t.Errorf("the newest unfinished append has %d bytes", len(got))
		}
		reader, err := h.Session(vfstest.User("reader")).Open("/files/log")
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range ws { // both lines stay, whoever comes last
			if _, err := w.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.Get(h.Session(vfstest.Owner()), "/files/log"); got != string(content)+"first\nsecond\n" {
			t.Errorf("%s: %d bytes", v.Name, len(got))
		}
		if n, err := reader.ReadAt(make([]byte, 10), int64(len(content))-5); n != 5 || err != io.EOF {
			t.Error("a reader is bounded by the size that it saw", n, err)
		}
		reader.Close()
		if err := put(s, "/files/new", "made", vfs.CreateOptions{Base: vfs.Append}); err != nil {
			t.Error(err)
		}
		if got := h.Get(s, "/files/new"); got != "made" {
			t.Error(got)
		}
		noStages(t, h)
	}
}

func TestEdit(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "wd"), vfstest.Grant("/files", vfstest.Account("reader"), "r"))
	s := h.Owner()
	h.Put(s, "/files/a", "0123456789")
	w, err := s.Create("/files/a", vfs.CreateOptions{Base: vfs.Existing, Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4)
	if _, err := w.ReadAt(buf, 3); err != nil || string(buf) != "3456" {
		t.Error(string(buf), err)
	}
	if _, err := w.WriteAt([]byte("ab"), 4); err != nil {
		t.Fatal(err)
	}
	if got := h.Get(h.Session(vfstest.User("reader")), "/files/a"); got != "0123456789" {
		t.Error(got)
	}
	r, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	wantResult(t, r, []byte("0123ab6789"))
	g := h.Guest() // may replace, may not read
	if w, err = g.Create("/files/a", vfs.CreateOptions{Base: vfs.Existing, Size: -1}); err != nil {
		t.Fatal(err)
	}
	if n, err := w.ReadAt(buf, 0); n != 0 || err == nil {
		t.Error("old content was read", string(buf[:n]))
	}
	w.Abort()
}

// TestResume: a kept write goes on where it was, also after a kill, and only for its own identity.
func TestResume(t *testing.T) {
	for _, d := range []store.Durability{store.Durable, store.Fast} {
		h := vfstest.New(t,
			vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: d}),
			vfstest.Grant("/files", vfstest.Account("ann"), "rw"), vfstest.Grant("/files", vfstest.Account("bob"), "rw"))
		content := noise(5 << 20)
		s := h.Session(vfstest.User("ann"))
		w, err := s.Create("/files/up", vfs.CreateOptions{
			Size: int64(len(content)), Resume: true, ModTime: time.Unix(1e9, 0), Digests: []string{"md5", "sha512"},
		})
		if err != nil {
			t.Fatal(err)
		}
		id := w.ID()
		next := func(to int) {
			t.Helper()
			from := int(w.Size())
			if _, err := w.ReadFrom(bytes.NewReader(content[from:to])); err != nil {
				t.Fatal(err)
			}
		}
		resume := func() {
			t.Helper()
			if w, err = h.Session(vfstest.User("ann")).Resume(id); err != nil {
				t.Fatal(err)
			}
		}
		next(1 << 20)
		if err := w.Keep(); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); !errors.Is(err, vfs.ErrClosed) {
			t.Error(err)
		}
		resume()
		next(2 << 20)
		resume() // the connection before hangs: it is taken over
		next(3 << 20)
		if err := w.Sync(); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ReadFrom(bytes.NewReader(content[3<<20 : 4<<20])); err != nil {
			t.Fatal(err)
		}
		h.Tree.Kill()
		h.Reopen()
		if e, err := h.Session(vfstest.User("ann")).Stat("/files/up"); err != nil || !e.Pending || e.Size != 3<<20 {
			t.Errorf("%+v %v", e, err)
		}
		for _, other := range []access.Identity{vfstest.User("bob"), vfstest.Owner()} {
			if _, err := h.Session(other).Resume(id); !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
		}
		resume()
		if w.Size() != 3<<20 {
			t.Fatal(w.Size())
		}
		next(len(content))
		r, err := w.Commit()
		if err != nil {
			t.Fatal(err)
		}
		wantResult(t, r, content)
		if m, s := md5.Sum(content), sha512.Sum512(content); r.Digests["md5"] != hex.EncodeToString(m[:]) || r.Digests["sha512"] != hex.EncodeToString(s[:]) || len(r.Digests) != 2 {
			t.Error(r.Digests)
		}
		if !r.ModTime.Equal(time.Unix(1e9, 0)) {
			t.Error(r.ModTime)
		}
		if _, err := h.Session(vfstest.User("ann")).Resume(id); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		noStages(t, h)
		h.Reopen()
		noStages(t, h)
	}
}

// TestKilledUploadLeavesNothing: a write that nobody will resume is swept at the next start.
func TestKilledUploadLeavesNothing(t *testing.T) {
	h := vfstest.New(t)
	w, err := h.Owner().Create("/files/up", vfs.CreateOptions{Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, strings.NewReader("half a file")); err != nil {
		t.Fatal(err)
	}
	h.Tree.Kill()
	h.Reopen()
	wantNames(t, h.Owner(), "/files")
	noStages(t, h)
	if e := h.Events(); len(e) != 0 {
		t.Error(e)
	}
}

// TestCheckpointsBesideHashing: journals are saved while writes come out of order and hashing catches
// up in the background.
func TestCheckpointsBesideHashing(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	content := noise(32 << 20)
	w, err := s.Create("/files/a", vfs.CreateOptions{Size: int64(len(content)), Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	const part = 1 << 20
	for i := len(content)/part - 1; i >= 0; i-- {
		wg.Go(func() {
			if _, err := w.WriteAt(content[i*part:(i+1)*part], int64(i*part)); err != nil {
				t.Error(err)
			}
			if err := w.Sync(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	wantResult(t, r, content)
}

// TestSeek: a write that goes on somewhere else, as one that was cut does.
func TestSeek(t *testing.T) {
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}))
	s := h.Owner()
	h.Put(s, "/files/a", "0123456789")
	w, err := s.Create("/files/a", vfs.CreateOptions{Base: vfs.Existing, Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		off    int64
		whence int
		at     int64
		bad    bool
	}{{4, io.SeekStart, 4, false}, {-5, io.SeekCurrent, 4, true}, {-2, io.SeekEnd, 8, false}, {-4, io.SeekCurrent, 4, false}} {
		if at, err := w.Seek(c.off, c.whence); at != c.at || (err != nil) != c.bad {
			t.Errorf("%d from %d: %d, %v", c.off, c.whence, at, err)
		}
	}
	if _, err := w.ReadFrom(strings.NewReader("four")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := h.Get(s, "/files/a"); got != "0123four89" {
		t.Errorf("%q", got)
	}
}
