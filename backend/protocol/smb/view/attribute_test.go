//go:build linux

package view

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"portico/backend/vfs/vfstest"
)

// values are the extended attributes of a path, in one line.
func values(t *testing.T, name string) string {
	t.Helper()
	list := make([]byte, 64<<10)
	n, err := unix.Listxattr(name, list)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for key := range strings.FieldsFuncSeq(string(list[:n]), func(r rune) bool { return r == 0 }) {
		value := make([]byte, 64<<10)
		n, err := unix.Getxattr(name, key, value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s=%.10s", key, value[:n]))
	}
	return strings.Join(out, " ")
}

// TestAttributes: they are kept for files that are there, for those that are being written, and for nothing else.
func TestAttributes(t *testing.T) {
	h := vfstest.New(t)
	h.Put(h.Owner(), "/files/a", "a")
	_, visit, at := mounted(t, h)
	a := at + "/files/a"
	set := func(key, value string, flags int) error { return unix.Setxattr(a, key, []byte(value), flags) }
	for _, step := range []struct {
		what string
		err  error
		want error
	}{
		{"set", set("user.one", "1\x00", 0), nil},
		{"an empty one", set("user.empty", "", 0), nil},
		{"make what is there", set("user.one", "x", unix.XATTR_CREATE), unix.EEXIST},
		{"replace what is not", set("user.two", "x", unix.XATTR_REPLACE), unix.ENODATA},
		{"replace", set("user.ONE", "2", unix.XATTR_REPLACE), nil},
		{"the system's", set("security.other", "x", 0), unix.ENOTSUP},
		{"trusted", set("trusted.x", "x", 0), unix.ENOTSUP},
		{"take what is not there", unix.Removexattr(a, "user.two"), unix.ENODATA},
		{"no UTF-8", set("user.\xff", "x", 0), unix.EINVAL},
		{"64 KiB", set("user.large", strings.Repeat("x", 64<<10), 0), nil},
		{"128 KiB in all", set("user.larger", strings.Repeat("x", 64<<10), 0), unix.ENOSPC},
		{"more than one may be", set("user.huge", strings.Repeat("x", 65<<10), 0), unix.E2BIG},
		{"take", unix.Removexattr(a, "user.large"), nil},
		{"of the visit", unix.Setxattr(at, "user.x", []byte("x"), 0), unix.EACCES},
		{"of nothing", unix.Setxattr(a+"none", "user.x", []byte("x"), 0), unix.ENOENT},
	} {
		if !errors.Is(step.err, step.want) {
			t.Errorf("%s: %v, want %v", step.what, step.err, step.want)
		}
	}
	if got := values(t, a); got != "user.empty= user.one=2" {
		t.Errorf("kept: %q", got)
	}
	taken := 0
	for i := range 10_000 {
		err := set(fmt.Sprint("user.", i), "x", 0)
		if err != nil {
			if !errors.Is(err, unix.ENOSPC) {
				t.Error(err)
			}
			break
		}
		taken++
	}
	if taken != 62 {
		t.Errorf("%d were taken", taken)
	}
	f, err := os.Create(at + "/files/new")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Fsetxattr(int(f.Fd()), "user.k", []byte("early"), 0); err != nil {
		t.Error(err)
	}
	if got := values(t, at+"/files/new"); got != "user.k=early" {
		t.Errorf("while it is written: %s", got)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := values(t, at+"/files/new"); got != "user.k=early" {
		t.Errorf("when it is there: %s", got)
	}
	if f, err = os.Create(at + "/files/lost"); err == nil {
		err = unix.Fsetxattr(int(f.Fd()), "user.k", bytes.Repeat([]byte("x"), 100), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	visit.Leave()
	f.Close() // by then it is nobody's
	h.Put(h.Owner(), "/files/lost", "new")
	if all, err := h.Owner().Attributes("/files/lost"); err != nil || len(all) > 0 {
		t.Errorf("left by what was lost: %s, %v", all, err)
	}
}
