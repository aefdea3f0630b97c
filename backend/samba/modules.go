//go:build linux

package samba

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// modules lists those of forMacs that this smbd has, or nothing where it lacks one: where they lie it tells
// itself. A program that does not is found out by Try.
func (s *Samba) modules() []string {
	runtime.LockOSThread() // with which the program would end
	defer runtime.UnlockOSThread()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	about, err := s.command(ctx, "-b").Output()
	if err != nil {
		return nil
	}
	return within(string(about))
}

// within reads how smbd was built.
func within(about string) (found []string) {
	_, after, _ := strings.Cut(about, "MODULESDIR:")
	dir, _, _ := strings.Cut(after, "\n")
	_, builtin, _ := strings.Cut(about, "Builtin modules:")
	for _, name := range []string{"fruit", "streams_xattr"} {
		_, err := os.Stat(filepath.Join(strings.TrimSpace(dir), "vfs", name+".so"))
		if err != nil && !slices.Contains(strings.Fields(builtin), "vfs_"+name) {
			return nil
		}
		found = append(found, name)
	}
	return found
}

// forMacs are the settings with which smbd keeps what macOS keeps beside the content of a file: the resource
// fork as a file, and all else as named streams, which the view keeps as extended attributes.
func forMacs() [][2]string {
	return [][2]string{
		// A fork can be larger than an attribute. Files of that kind that others wrote are files.
		{"fruit:metadata", "stream"}, {"fruit:resource", "file"}, {"fruit:veto_appledouble", "no"}, {"fruit:convert_adouble", "no"},
		// Older systems make one for each file, which says only that it is empty.
		{"fruit:wipe_intentionally_left_blank_rfork", "yes"},
		// Characters that SMB cannot carry the view turns into what they stand for.
		{"fruit:encoding", "private"},
		// The view's numbers of files do not outlive them, and permissions it has none.
		{"fruit:zero_file_id", "yes"}, {"fruit:nfs_aces", "no"}, {"readdir_attr:aapl_max_access", "no"},
		{"fruit:time machine", "no"}, {"fruit:model", "MacSamba"},
	}
}
