package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"portico/backend/vfs/vfstest"
)

// TestHugeFile goes over 4 GiB: sparse, so that it costs no disk.
func TestHugeFile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4 GiB")
	}
	h := vfstest.New(t)
	const size = 1<<32 + 5
	f, err := os.Create(filepath.Join(h.Disk["/files"], "huge.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("end"), size-3); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := os.WriteFile(filepath.Join(h.Disk["/files"], "small.txt"), []byte("behind 4 GiB"), 0o644); err != nil {
		t.Fatal(err)
	}
	packer := New(Options{})
	p := plan(t, packer, h.Owner(), Request{Format: Zip, Folder: "/files"})
	// The tail alone: headers and directory of both formats of numbers, without keeping 4 GiB.
	at := &pieces{plan: p, t: t}
	z, err := zip.NewReader(at, p.Size())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range z.File {
		got = append(got, fmt.Sprint(m.Name, " ", m.UncompressedSize64))
		if m.Name == "small.txt" {
			r, err := m.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil || string(text) != "behind 4 GiB" {
				t.Errorf("%q %v", text, err)
			}
		}
	}
	if want := fmt.Sprintf("[huge.bin %d small.txt 12]", int64(size)); fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if _, err := exec.LookPath("unzip"); err == nil {
		file := filepath.Join(t.TempDir(), "huge.zip")
		sparse(t, file, p)
		// Of the huge member unzip would take a minute; that both are found is what counts.
		if out, err := exec.Command("unzip", "-p", file, "small.txt").CombinedOutput(); err != nil || string(out) != "behind 4 GiB" {
			t.Errorf("unzip: %v %q", err, out)
		}
	}
}

// pieces reads an archive through its ranges.
type pieces struct {
	plan *Plan
	t    *testing.T
}

func (p *pieces) ReadAt(b []byte, off int64) (int, error) {
	n := min(int64(len(b)), p.plan.Size()-off)
	var out bytes.Buffer
	if _, err := p.plan.SendTo(&out, off, n); err != nil {
		p.t.Error(err)
		return 0, err
	}
	copy(b, out.Bytes())
	if n < int64(len(b)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// sparse writes an archive to a file and leaves holes where it holds zeros.
func sparse(t *testing.T, path string, p *Plan) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := p.SendTo(&holes{f: f}, 0, p.Size()); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(p.Size()); err != nil {
		t.Fatal(err)
	}
}

type holes struct {
	f    *os.File
	off  int64
	zero [bufferSize]byte
}

func (h *holes) Write(p []byte) (int, error) {
	if len(p) > len(h.zero) || !bytes.Equal(p, h.zero[:len(p)]) {
		if _, err := h.f.WriteAt(p, h.off); err != nil {
			return 0, err
		}
	}
	h.off += int64(len(p))
	return len(p), nil
}
