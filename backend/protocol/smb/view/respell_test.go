//go:build linux

package view

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
	"portico/backend/vfs/refusals"
	"portico/backend/vfs/vfstest"
)

// rename does what smbd does to rename: it holds both names, and asks whether the new one is free.
func rename(from, to string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	source, err := unix.Open(from, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(source)
	if there, err := unix.Open(to, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
		var about unix.Stat_t
		err = unix.Stat(to, &about)
		unix.Close(there)
		if err == nil {
			return unix.EEXIST
		}
	}
	return unix.Rename(from, to)
}

// TestRespell: names get other letter case also where the disk holds both spellings for one.
func TestRespell(t *testing.T) {
	for name, with := range map[string][]vfstest.Option{
		"disk": nil,
		"folding": {vfstest.Drivers(func(dir string) driver.Driver {
			disk, err := localdisk.Open(t.Context(), localdisk.Options{Root: dir, Instance: "test"})
			if err != nil {
				t.Fatal(err)
			}
			return refusals.New(disk)
		})},
	} {
		t.Run(name, func(t *testing.T) {
			h := vfstest.New(t, with...)
			h.Put(h.Owner(), "/files/a folder/readme", "read")
			h.Put(h.Owner(), "/files/a folder/other", "other")
			_, _, at := mounted(t, h)
			in := at + "/files/A Folder/"
			for _, step := range []struct {
				from, to string
				err      error
			}{
				{at + "/files/a folder", at + "/files/A Folder", nil},
				{in + "readme", in + "README", nil},
				{in + "ReadMe", in + "Readme", nil},
				{in + "other", in + "readme", unix.EEXIST},
			} {
				if err := rename(step.from, step.to); !errors.Is(err, step.err) {
					t.Fatalf("%s to %s: %v", step.from, step.to, err)
				}
			}
			// Nobody renames: every spelling is the name.
			for _, name := range []string{"README", "readme"} {
				if text, err := os.ReadFile(in + name); err != nil || string(text) != "read" {
					t.Errorf("%s: %q, %v", name, text, err)
				}
				if _, err := os.Stat(in + name); err != nil {
					t.Error(err)
				}
			}
			list, err := h.Owner().List("/files/A Folder")
			var names []string
			for _, e := range list {
				names = append(names, e.Name)
			}
			if got := strings.Join(names, " "); err != nil || got != "Readme other" && got != "other Readme" {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
}
