package vfs_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// ragged gives at most as much at once as a network does, each time another amount.
type ragged struct {
	io.Reader
	rnd *rand.Rand
}

func (r ragged) Read(p []byte) (int, error) {
	return r.Reader.Read(p[:min(len(p), 1+r.rnd.IntN(400_000))])
}

// TestLongUpload: the larger buffers of a long upload, and its hasher, lose nothing and mix nothing up; what
// came before a cut is there.
func TestLongUpload(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	content := noise(48<<20 + 123)
	for name, cut := range map[string]bool{"whole": false, "cut": true} {
		t.Run(name, func(t *testing.T) {
			w, err := s.Create("/files/"+name, vfs.CreateOptions{Size: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Abort()
			from := ragged{bytes.NewReader(content), rand.New(rand.NewPCG(2, 3))}
			if cut {
				broke := errors.New("the network broke")
				const came = 40<<20 + 77
				n, err := w.ReadFrom(io.MultiReader(io.LimitReader(from, came), iotest.ErrReader(broke)))
				if n != came || !errors.Is(err, broke) || w.Size() != came {
					t.Fatal(n, w.Size(), err)
				}
			}
			if _, err := w.ReadFrom(from); err != nil {
				t.Fatal(err)
			}
			r, err := w.Commit()
			if err != nil {
				t.Fatal(err)
			}
			wantResult(t, r, content)
			got, err := os.ReadFile(filepath.Join(h.Disk["/files"], name))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes, want %d: %v", len(got), len(content), err)
			}
		})
	}
}
