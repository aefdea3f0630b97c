//go:build desktop

package window

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	wails2 "github.com/wailsapp/wails/v2/pkg/runtime"
)

// Folder shows the system's dialog for one folder, Files the one for files, until it is closed. No
// names and no error: it was cancelled. There is one dialog at a time: their answers would mix.
func (w *Window) Folder(ctx context.Context, title string) ([]string, error) {
	return w.pick(ctx, func() ([]string, error) {
		name, err := wails2.OpenDirectoryDialog(w.ctx, dialog(title))
		if name == "" {
			return nil, err
		}
		return []string{name}, err
	})
}

// Files shows the system's dialog for files; see Folder.
func (w *Window) Files(ctx context.Context, title string) ([]string, error) {
	return w.pick(ctx, func() ([]string, error) { return wails2.OpenMultipleFilesDialog(w.ctx, dialog(title)) })
}

func (w *Window) pick(ctx context.Context, ask func() ([]string, error)) ([]string, error) {
	if err := w.wait(ctx); err != nil {
		return nil, err
	}
	if !w.picking.TryLock() {
		return nil, ErrBusy
	}
	defer w.picking.Unlock()
	return ask()
}

// wait waits until the window can be spoken to.
func (w *Window) wait(ctx context.Context) error {
	select {
	case <-w.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !w.up() {
		return ErrNoDisplay
	}
	return nil
}

// dialog begins in a folder that is there: without one, names that are typed are not taken.
func dialog(title string) wails2.OpenDialogOptions {
	dir, err := os.UserHomeDir()
	if about, e := os.Stat(dir); err != nil || e != nil || !about.IsDir() {
		dir = filepath.VolumeName(dir) + string(filepath.Separator)
	}
	return wails2.OpenDialogOptions{Title: title, DefaultDirectory: dir}
}

// Clipboard returns the text that was copied, and, where files were copied in a file manager, their
// whole names.
func (w *Window) Clipboard(ctx context.Context) (text string, files []string, err error) {
	if err := w.wait(ctx); err != nil {
		return "", nil, err
	}
	if text, err = wails2.ClipboardGetText(w.ctx); err != nil {
		return "", nil, err
	}
	return text, copied(text), nil
}

// copied finds names of files in a text: all of its lines are some, or none is.
func copied(text string) []string {
	if text == "" {
		return nil
	}
	files := Mend(strings.Split(strings.TrimRight(text, "\r\n"), "\n"))
	for _, name := range files {
		if _, err := os.Lstat(name); err != nil || !filepath.IsAbs(name) {
			return nil
		}
	}
	return files
}

// SetClipboard copies a text.
func (w *Window) SetClipboard(ctx context.Context, text string) error {
	if err := w.wait(ctx); err != nil {
		return err
	}
	return wails2.ClipboardSetText(w.ctx, text)
}

// needBindings: the names of what was dropped come to Wails by the page.
const needBindings = runtime.GOOS == "windows"
