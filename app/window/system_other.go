//go:build desktop && !linux

package window

import (
	"os"
	"path/filepath"
)

const programName = "portico-window"

func prepare() {}

// watch: WebView2 and WKWebView load a page again by themselves, or Wails does it for them.
func watch() {}

// dismiss: dialogs of other systems belong to the window and end with it.
func dismiss() {}

// Lost reports whether the display went away, which on these systems ends the session.
func Lost() bool { return false }

// webViewFolder is where WebView2 keeps its things: nothing of worth, and not among our own data.
func webViewFolder() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "Portico", "window")
}
