package localdisk_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

func stat(t *testing.T, name string) *syscall.Stat_t {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Lstat(name, &st); err != nil {
		t.Fatal(err)
	}
	return &st
}

func setAttribute(t *testing.T, name, attr string, v []byte) {
	t.Helper()
	if err := unix.Setxattr(name, attr, v, 0); err != nil {
		t.Skipf("%s cannot be set here: %v", attr, err)
	}
}

func getAttribute(name, attr string) string {
	b := make([]byte, 1024)
	n, err := unix.Getxattr(name, attr, b)
	if err != nil {
		return err.Error()
	}
	return string(b[:n])
}

// acl packs entries of tag, permissions and id as the kernel wants them.
func acl(entries ...[3]uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, uint16(e[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(e[1]))
		b = binary.LittleEndian.AppendUint32(b, e[2])
	}
	return b
}

const nobody = 65534

func TestReplacedFileGivesItsAttributes(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		k := open(t, localdisk.Options{Root: t.TempDir(), Portable: portable})
		in := k.folder(".")
		old := k.host("f")
		write(t, old, "old")
		k.must(os.Chmod(old, 0o640))
		list := acl([3]uint32{1, 6, ^uint32(0)}, [3]uint32{2, 4, nobody}, [3]uint32{4, 4, ^uint32(0)}, [3]uint32{16, 4, ^uint32(0)}, [3]uint32{32, 0, ^uint32(0)})
		setAttribute(t, old, "user.note", []byte("kept"))
		setAttribute(t, old, "system.posix_acl_access", list)
		if os.Geteuid() == 0 {
			k.must(os.Chown(old, nobody, nobody))
			k.must(unix.Setxattr(old, "security.capability", []byte("\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0))
		}
		before := stat(t, old)
		k.put(in, "f", "new")
		after := stat(t, old)
		if after.Ino == before.Ino {
			t.Error("the file was written in place")
		}
		if after.Mode != before.Mode || after.Uid != before.Uid || after.Gid != before.Gid {
			t.Errorf("mode %o of %d:%d, want %o of %d:%d", after.Mode, after.Uid, after.Gid, before.Mode, before.Uid, before.Gid)
		}
		if got := getAttribute(old, "user.note"); got != "kept" {
			t.Errorf("attribute %q", got)
		}
		if got := getAttribute(old, "system.posix_acl_access"); got != string(list) {
			t.Errorf("access list %x, want %x", got, list)
		}
		if got := getAttribute(old, "security.capability"); strings.HasPrefix(got, "\x01") {
			t.Error("new content inherited capabilities")
		}
	})
}

func TestSetuidIsNotInherited(t *testing.T) {
	k := open(t, localdisk.Options{Root: t.TempDir()})
	write(t, k.host("f"), "old")
	k.must(os.Chmod(k.host("f"), 0o755|os.ModeSetuid|os.ModeSetgid))
	k.put(k.folder("."), "f", "new")
	if got := stat(t, k.host("f")).Mode & 0o7777; got != 0o755 {
		t.Errorf("mode %o, want 755", got)
	}
}

// TestNewFileIsLikeAnyOther: published files look as if a program had made them in that folder.
func TestNewFileIsLikeAnyOther(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		for _, c := range []struct {
			name string
			set  func(t *testing.T, folder string)
		}{
			{"plain", func(t *testing.T, folder string) {}},
			{"group of the folder", func(t *testing.T, folder string) {
				if os.Geteuid() != 0 {
					t.Skip("only root gives folders away")
				}
				if err := os.Chown(folder, -1, nobody); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(folder, 0o775|os.ModeSetgid); err != nil {
					t.Fatal(err)
				}
			}},
			{"default access list", func(t *testing.T, folder string) {
				setAttribute(t, folder, "system.posix_acl_default", acl([3]uint32{1, 7, ^uint32(0)}, [3]uint32{2, 7, nobody}, [3]uint32{4, 5, ^uint32(0)}, [3]uint32{16, 7, ^uint32(0)}, [3]uint32{32, 4, ^uint32(0)}))
			}},
			{"default access list without names", func(t *testing.T, folder string) {
				setAttribute(t, folder, "system.posix_acl_default", acl([3]uint32{1, 7, ^uint32(0)}, [3]uint32{4, 5, ^uint32(0)}, [3]uint32{32, 1, ^uint32(0)}))
			}},
			{"default access list at the top", func(t *testing.T, folder string) {
				setAttribute(t, filepath.Dir(folder), "system.posix_acl_default", acl([3]uint32{1, 7, ^uint32(0)}, [3]uint32{4, 7, ^uint32(0)}, [3]uint32{32, 7, ^uint32(0)}))
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				k := open(t, localdisk.Options{Root: t.TempDir(), Portable: portable})
				c.set(t, mkdir(t, k.host("d")))
				k.put(k.folder("d"), "ours", "x")
				f, err := os.OpenFile(k.host("d/theirs"), os.O_CREATE|os.O_WRONLY, 0o666)
				k.must(err)
				k.must(f.Close())
				a, b := stat(t, k.host("d/ours")), stat(t, k.host("d/theirs"))
				if a.Mode != b.Mode || a.Uid != b.Uid || a.Gid != b.Gid {
					t.Errorf("mode %o of %d:%d, others get %o of %d:%d", a.Mode, a.Uid, a.Gid, b.Mode, b.Uid, b.Gid)
				}
				if x, y := getAttribute(k.host("d/ours"), "system.posix_acl_access"), getAttribute(k.host("d/theirs"), "system.posix_acl_access"); x != y {
					t.Errorf("access list %x, others get %x", x, y)
				}
				if p := stat(t, k.host(".portico/test")).Mode & 0o7777; p != 0o700 {
					t.Errorf("the hidden place has mode %o", p)
				}
			})
		}
	})
}

// TestKeptVersionIsTheOldFile: a version is the old file itself, not a copy.
func TestKeptVersionIsTheOldFile(t *testing.T) {
	k := open(t, localdisk.Options{Root: t.TempDir()})
	in := k.folder(".")
	write(t, k.host("f"), "old")
	before := stat(t, k.host("f"))
	versions, err := in.Attic(t.Context(), "versions")
	k.must(err)
	defer versions.Close()
	_, err = k.stage(in, "new").Publish(t.Context(), in, "f", driver.PublishOptions{KeepIn: versions, KeepAs: "v"})
	k.must(err)
	after := stat(t, k.host(".portico/test/versions/v"))
	if after.Ino != before.Ino || after.Nlink != 1 {
		t.Errorf("inode %d with %d names, want %d with 1", after.Ino, after.Nlink, before.Ino)
	}
}

// TestOneOfSeveralNamesIsReplaced: the other names keep the old content.
func TestOneOfSeveralNamesIsReplaced(t *testing.T) {
	k := open(t, localdisk.Options{Root: t.TempDir()})
	write(t, k.host("object"), "old")
	k.must(os.Link(k.host("object"), k.host("f")))
	k.put(k.folder("."), "f", "new")
	if got := k.get("object"); got != "old" {
		t.Errorf("the other name holds %q", got)
	}
}
