package archive

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/vfs/vfstest"
)

func TestCompressorStops(t *testing.T) {
	h := vfstest.New(t)
	lay(t, h)
	for _, format := range []Format{TarGzip, TarZstd} {
		p := plan(t, New(Options{Workers: 2}), h.Owner(), Request{Format: format, Folder: "/files/trip"})
		if err := p.WriteAll(full{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want the writer's error", format.Ext(), err)
		}
		// A source that breaks off must not end in a stream that looks whole.
		if err := os.Remove(filepath.Join(h.Disk["/files"], "trip", "zz.last")); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.WriteAll(&b); err == nil {
			t.Errorf("%s: a missing file was not told", format.Ext())
		}
		name, tool := filepath.Join(t.TempDir(), "x"), map[Format]string{TarGzip: "gzip", TarZstd: "zstd"}[format]
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.Command("sh", "-c", tool+" -dc < "+name+" | tar -tf - 2>&1").CombinedOutput()
		if !strings.Contains(string(out), "Unexpected EOF") && !strings.Contains(string(out), "does not look like") && !strings.Contains(string(out), "premature end") {
			t.Errorf("%s: the broken stream reads as whole: %s", format.Ext(), out)
		}
		lay(t, h)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
