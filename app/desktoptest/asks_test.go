//go:build linux

package desktoptest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asks goes through what the page in the window asks of the computer.
func (d *desk) asks(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	must(d.ask("POST", "/-/api/desktop/clipboard", map[string]any{"text": "a link"}, nil))
	var copied struct {
		Text  string
		Paths []string
	}
	must(d.ask("GET", "/-/api/desktop/clipboard", nil, &copied))
	if copied.Text != "a link" || len(copied.Paths) > 0 {
		t.Errorf("copied: %+v", copied)
	}

	var made struct{ Share share }
	must(d.ask("POST", "/-/api/desktop/text", map[string]any{"text": "Gate code: 4711"}, &made))
	d.serving(made.Share, 200)

	var now struct {
		Autostart, FileManager, Tray, Dialogs, Notifications bool
		OnClose, Theme, System                               string
	}
	must(d.ask("PATCH", "/-/api/desktop/preferences", map[string]any{"autostart": true, "theme": "dark"}, &now))
	if !now.Autostart || now.Theme != "dark" || now.OnClose != "tray" || !now.Tray || !now.Dialogs || !now.Notifications || now.System != "linux" {
		t.Errorf("preferences: %+v", now)
	}
	entries, _ := filepath.Glob(filepath.Join(d.home, ".config/autostart/*.desktop"))
	if len(entries) != 1 {
		t.Fatalf("autostart: %v", entries)
	}
	if text, err := os.ReadFile(entries[0]); err != nil || !strings.Contains(string(text), "--hidden") {
		t.Errorf("%s, %v", text, err)
	}
	must(d.ask("PATCH", "/-/api/desktop/preferences", map[string]any{"autostart": false}, &now))
	if now.Autostart {
		t.Error("it still starts by itself")
	}

	for path, in := range map[string]map[string]any{
		"open":   {"url": "file:///etc/passwd"},
		"pick":   {"what": "everything"},
		"window": {"do": "explode"},
		"reveal": {"share": "none"},
	} {
		if err := d.ask("POST", "/-/api/desktop/"+path, in, nil); err == nil {
			t.Errorf("%s takes %v", path, in)
		}
	}
}
