//go:build linux

package samba

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Holds lists the paths that the program of a thread has open by name only, and not as a way through a folder:
// as smbd has what it is about to rename, and what is in the way of that. It lists none where the thread waits
// for something to be opened or removed, or where that cannot be known.
func Holds(thread uint32) (names []string) {
	proc := fmt.Sprintf("/proc/%d/", thread)
	if thread == 0 || opens(proc+"syscall") {
		return nil
	}
	fds, err := os.ReadDir(proc + "fd")
	if err != nil {
		return nil
	}
	for _, fd := range fds {
		// What was closed since is no hold.
		if name, err := os.Readlink(proc + "fd/" + fd.Name()); err == nil && byName(proc+"fdinfo/"+fd.Name()) {
			// The kernel has let go of a name that was said to be free.
			names = append(names, strings.TrimSuffix(name, " (deleted)"))
		}
	}
	return names
}

// opens reports whether a thread asks for what it opens or removes, or cannot be known not to.
func opens(call string) bool {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(50 * time.Microsecond) {
		text, err := os.ReadFile(call)
		if err != nil {
			return true
		}
		number, _, _ := bytes.Cut(text, []byte(" "))
		if call, err := strconv.Atoi(string(number)); err == nil {
			return call == unix.SYS_OPENAT || call == unix.SYS_OPENAT2 || call == unix.SYS_UNLINKAT
		}
		// It has asked, and does not wait yet.
	}
	return true
}

// byName reports whether an open file was opened as a name only, and not for a way through a folder.
func byName(fdinfo string) bool {
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(text), "flags:")
	field, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	flags, err := strconv.ParseInt(field, 8, 64)
	return err == nil && flags&unix.O_PATH != 0 && flags&unix.O_DIRECTORY == 0
}
