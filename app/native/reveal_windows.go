package native

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Revealer shows folders and files in the Explorer and opens addresses in the browser.
type Revealer struct{}

// NewRevealer makes a Revealer. It needs no bus.
func NewRevealer(*Bus) *Revealer { return &Revealer{} }

// Folder opens a folder in the Explorer.
func (r *Revealer) Folder(_ context.Context, path string) error {
	if err := folder(path); err != nil {
		return err
	}
	// Without the backslash "C:\a" could be the program C:\a.exe.
	return execute("explore", strings.TrimRight(filepath.Clean(path), `\`)+`\`)
}

// Select opens the folder of the first file in the Explorer, with every named file in it selected.
func (r *Revealer) Select(_ context.Context, paths ...string) error {
	dir, err := selection(paths)
	if err != nil {
		return err
	}
	return inShell(func() error { return selectItems(dir, paths) })
}

// URL opens an http, https or mailto address in the program of this person's choice.
func (r *Revealer) URL(_ context.Context, text string) error {
	clean, err := address(text)
	if err != nil {
		return err
	}
	return execute("open", clean)
}

// execute asks the shell to do something with a folder or an address.
func execute(verb, what string) error {
	v, err := windows.UTF16PtrFromString(verb)
	if err != nil {
		return err
	}
	w, err := windows.UTF16PtrFromString(what)
	if err != nil {
		return err
	}
	return inShell(func() error { return windows.ShellExecute(0, v, w, nil, nil, windows.SW_SHOWNORMAL) })
}

// inShell runs fn on a thread that the shell's functions can be called on.
func inShell(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED|windows.COINIT_DISABLE_OLE1DDE) == nil {
			defer windows.CoUninitialize()
		}
		done <- fn()
	}()
	return <-done
}

func selectItems(dir string, paths []string) error {
	shell := windows.NewLazySystemDLL("shell32.dll")
	fromPath, free := shell.NewProc("ILCreateFromPathW"), shell.NewProc("ILFree")
	show := shell.NewProc("SHOpenFolderAndSelectItems")
	list := func(path string) (uintptr, error) {
		text, err := windows.UTF16PtrFromString(path)
		if err != nil {
			return 0, err
		}
		item, _, _ := fromPath.Call(uintptr(unsafe.Pointer(text)))
		if item == 0 {
			return 0, fmt.Errorf("%w: the Explorer does not know %q", errTarget, path)
		}
		return item, nil
	}
	top, err := list(dir)
	if err != nil {
		return err
	}
	defer free.Call(top)
	var items []uintptr
	for _, path := range paths {
		if !strings.EqualFold(filepath.Dir(path), dir) {
			continue
		}
		item, err := list(path)
		if err != nil {
			return err
		}
		defer free.Call(item)
		items = append(items, item)
	}
	if hr, _, _ := show.Call(top, uintptr(len(items)), uintptr(unsafe.Pointer(&items[0])), 0); int32(hr) < 0 {
		return fmt.Errorf("%w: the Explorer answers %#x", errTarget, uint32(hr))
	}
	return nil
}
