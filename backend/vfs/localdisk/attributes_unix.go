//go:build unix

package localdisk

import (
	"io/fs"
	"os"
)

// oldAttributes gives f what the replaced file had: owner, mode, extended attributes. What the system
// does not let us give is left out; setuid and setgid are not passed on to new content.
func oldAttributes(f, src *os.File, old meta) error {
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if m := metaOf(fi); m.uid != old.uid || m.gid != old.gid {
		if f.Chown(int(old.uid), int(old.gid)) != nil {
			f.Chown(-1, int(old.gid))
		}
	}
	if src != nil {
		if err = copyExtended(f, src); err != nil {
			return err
		}
	}
	return f.Chmod(old.mode.Perm())
}

// freshAttributes gives f what a file made in the folder m would have got.
func freshAttributes(f *os.File, in dir, m meta, perm fs.FileMode) error {
	if m.mode&fs.ModeSetgid != 0 {
		f.Chown(-1, int(m.gid))
	}
	if done, err := inheritACL(f, in); done || err != nil {
		return err
	}
	return f.Chmod(perm)
}

// narrow takes from f the permissions that are not in most.
func narrow(f *os.File, most fs.FileMode) error {
	fi, err := f.Stat()
	if err != nil || fi.Mode().Perm()&^most == 0 {
		return err
	}
	return f.Chmod(fi.Mode() &^ (fs.ModePerm &^ most))
}
