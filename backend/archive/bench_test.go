package archive

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/vfs/vfstest"
)

func BenchmarkZip(b *testing.B) {
	h := vfstest.New(b)
	content := bytes.Repeat([]byte("0123456789abcdef"), 512<<10/16)
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(h.Disk["/files"], fmt.Sprintf("f%04d", i)), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		fresh bool
	}{{"unknown sums", true}, {"known sums", false}} {
		b.Run(c.name, func(b *testing.B) {
			packer := New(Options{})
			for b.Loop() {
				if c.fresh {
					packer = New(Options{})
				}
				p, err := packer.Plan(h.Owner(), Request{Format: Zip, Folder: "/files"})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(p.Size())
				if _, err := p.SendTo(io.Discard, 0, p.Size()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
