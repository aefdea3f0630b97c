package archive

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/vfs/vfstest"
)

// TestChangedMidway: a file that is not what was planned breaks the stream; nothing wrong is sent.
func TestChangedMidway(t *testing.T) {
	for _, what := range []string{"replaced", "removed", "written in place"} {
		t.Run(what, func(t *testing.T) {
			h := vfstest.New(t)
			lay(t, h)
			s := h.Owner()
			p := plan(t, New(Options{}), s, Request{Format: Zip, Folder: "/files/trip", Top: "trip"})
			disk := filepath.Join(h.Disk["/files"], "trip", "zz.last")
			switch what {
			case "replaced":
				h.Put(s, "/files/trip/zz.last", "END")
			case "removed":
				if err := os.Remove(disk); err != nil {
					t.Fatal(err)
				}
			case "written in place":
				if err := os.WriteFile(disk, []byte("END"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			n, err := p.SendTo(io.Discard, 0, p.Size())
			if err == nil || n >= p.Size() {
				t.Fatalf("sent %d of %d, %v", n, p.Size(), err)
			}
			if what != "removed" && !errors.Is(err, ErrChanged) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestChangedWhileSent writes into a file between its bytes: seen at the latest at its end.
func TestChangedWhileSent(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	p := plan(t, New(Options{}), h.Owner(), Request{Format: Zip, Folder: "/files/trip", Names: []string{"big.bin"}})
	disk := filepath.Join(h.Disk["/files"], "trip", "big.bin")
	w := &tamper{do: func() {
		f, err := os.OpenFile(disk, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		if _, err := f.WriteAt([]byte("tampered"), 600<<10); err != nil {
			t.Error(err)
		}
	}}
	if _, err := p.SendTo(w, 0, p.Size()); !errors.Is(err, ErrChanged) {
		t.Fatalf("error %v, want ErrChanged", err)
	}
}

// tamper does something at its first write.
type tamper struct{ do func() }

func (w *tamper) Write(p []byte) (int, error) {
	if w.do != nil {
		w.do()
		w.do = nil
	}
	return len(p), nil
}
