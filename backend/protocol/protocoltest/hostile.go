package protocoltest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pathEscapes: no spelling of a path reaches anything outside of the tree, or what is refused in it.
func pathEscapes(t *testing.T, d Door) {
	h, s, c := open(t, d)
	const secret = "SECRET OUTSIDE"
	outside := filepath.Join(filepath.Dir(h.Disk["/files"]), "outside.txt")
	must(t, os.WriteFile(outside, []byte(secret), 0o644))
	h.Lay("/files/private/p.txt", []byte(secret))
	guest := s.Client(t, "")
	ups := []string{"..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..;", "..%00", "..%c0%af", "．．", ". ."}
	for _, up := range ups {
		for _, sep := range []string{"/", "%2f", "\\", "%5c", "//"} {
			climb := strings.Repeat(up+sep, 8)
			for _, path := range []string{"/files/" + climb + "etc/passwd", "/" + climb + "etc/passwd", "/files/" + up + sep + "outside.txt", "/files/x/" + up + sep + "private/p.txt"} {
				h.probe(t, c, guest, path, secret)
			}
		}
	}
	for _, path := range []string{outside, "/files/" + outside, "/files/private/p.txt", "/FILES/private/p.txt", "/files/PRIVATE/p.txt", "/files/private./p.txt", "/files/private/p.txt::$DATA", "//files/private/p.txt", "/files/./private/./p.txt", "/files/x/../private/p.txt", "file://" + outside} {
		h.probe(t, c, guest, path, secret)
	}
	for _, name := range []string{"/files/../../up.txt", "/../up.txt", "/files/..", "/files/a/../../../up.txt", "/files/.", "/files/x\x00y", "/files/.portico/x"} {
		// It may be refused, or land inside under a cleaned name; never outside.
		_ = c.Put(name, []byte("up"))
	}
	for _, dir := range []string{filepath.Dir(h.Disk["/files"]), filepath.Dir(filepath.Dir(h.Disk["/files"]))} {
		if _, err := os.Stat(filepath.Join(dir, "up.txt")); err == nil {
			t.Errorf("written outside, to %s", dir)
		}
	}
}

// probe asks for a path raw and by the usual verb: as alice nothing outside comes back, as a guest
// nothing that is refused either.
func (h *House) probe(t *testing.T, c, guest Client, path, secret string) {
	t.Helper()
	for who, client := range map[string]Client{"alice": c, "a guest": guest} {
		var got []byte
		if p, ok := client.(Prober); ok {
			got = []byte(p.Probe(path))
		}
		more, _ := fetch(client, path)
		got = append(got, more...)
		private := who == "alice" && strings.Contains(strings.ToLower(path), "private")
		if bytes.Contains(got, []byte("root:")) || bytes.Contains(got, []byte(secret)) && !private {
			t.Errorf("%s got %q by %q", who, got, path)
		}
	}
}

// linkEscapes: a symbolic link that leads outside is no way out, for reading or writing.
func linkEscapes(t *testing.T, d Door) {
	h, _, c := open(t, d)
	outside := t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o644))
	for name, target := range map[string]string{"dir": outside, "file": filepath.Join(outside, "secret"), "up": "../../../../../../../../etc/passwd", "loop": "loop", "new": filepath.Join(outside, "new")} {
		if err := os.Symlink(target, h.Path("/files/"+name)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	for _, name := range []string{"/files/dir/secret", "/files/file", "/files/up", "/files/loop"} {
		if got, err := fetch(c, name); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	a := arranges(c)
	if a != nil {
		if names, err := a.List("/files/dir"); err == nil && len(names) > 0 {
			t.Errorf("listed through a link: %q", names)
		}
	}
	// Whatever these answer, nothing outside changes.
	_ = c.Put("/files/dir/new", []byte("x"))
	_ = c.Put("/files/file", []byte("x"))
	_ = c.Put("/files/new", []byte("x"))
	if a != nil {
		_ = a.Mkdir("/files/dir/made")
		_ = a.Rename("/files/dir/secret", "/files/taken")
		_ = a.Remove("/files/dir/secret")
		_ = a.Remove("/files/dir")
	}
	left, err := os.ReadDir(outside)
	must(t, err)
	data, err := os.ReadFile(filepath.Join(outside, "secret"))
	if err != nil || string(data) != "secret" || len(left) != 1 {
		t.Errorf("outside: %v, %q, %v", left, data, err)
	}
	// A link inside is a way, with the rights of where it leads.
	h.Lay("/files/private/p", []byte("p"))
	must(t, os.Symlink("private/p", h.Path("/files/inside")))
	reads(t, c, "/files/inside", []byte("p"))
}
