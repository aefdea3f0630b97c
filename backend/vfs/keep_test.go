package vfs_test

import (
	"bytes"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestKillLosesOneChunk: however fast the bytes come, the end of the process takes at most 8 MiB.
func TestKillLosesOneChunk(t *testing.T) {
	for _, d := range []store.Durability{store.Durable, store.Fast} {
		h := vfstest.New(t, vfstest.Now(), vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: d}))
		const size = 30 << 20
		content := bytes.Repeat([]byte("0123456789abcdef"), size/16)
		w, err := h.Owner().Create("/files/f", vfs.CreateOptions{Size: size, Resume: true})
		if err != nil {
			t.Fatal(err)
		}
		const sent = size - 1<<20
		if n, err := w.ReadFrom(bytes.NewReader(content[:sent])); n != sent || err != nil {
			t.Fatal(n, err)
		}
		id := w.ID()
		h.Tree.Kill()
		h.Reopen()
		w, err = h.Owner().Resume(id)
		if err != nil {
			t.Fatal(err)
		}
		at := w.Size()
		if at > sent || at < sent-8<<20 {
			t.Errorf("durability %v: %d of %d bytes are left", d, at, sent)
		}
		if _, err := w.ReadFrom(bytes.NewReader(content[at:])); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := h.Get(h.Owner(), "/files/f"); got != string(content) {
			t.Errorf("%d bytes, others than were sent", len(got))
		}
	}
}
