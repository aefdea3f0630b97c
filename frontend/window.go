package frontend

import (
	"bytes"
	"fmt"
	"io"
)

// WindowPath is the URL place of the owner's page. Control listeners serve it, no door does.
const WindowPath = "/-/window"

// WindowPolicy is the Content-Security-Policy of the owner's page: what Policy allows, without forms.
const WindowPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// Window writes the document of the owner's page. It holds nothing of anybody: everything it shows, its
// script asks for with the token of the control listener.
func Window(w io.Writer) error {
	t, err := templates()
	if err != nil {
		return err
	}
	b := load().built
	d := struct{ Icon, Style, Script string }{sheetAt(b.Icons["favicon.svg"]), sheetAt(b.Window.Style), sheetAt(b.Window.Script)}
	if d.Style == "" {
		d.Style = sheetAt(b.Style)
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "window", d); err != nil {
		return fmt.Errorf("frontend: the window: %w", err)
	}
	_, err = out.WriteTo(w)
	return err
}
