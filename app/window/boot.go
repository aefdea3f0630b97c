//go:build desktop

package window

import (
	"fmt"
	"html"
	"net/http"
)

// boot is all that the window's own little server has: a page that goes on to the control listener, or
// one that says why it cannot.
func boot(o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if o.Page == "" {
			fmt.Fprintf(w, failed, html.EscapeString(o.Failed))
			return
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Portico</title>`+
			`<meta name="color-scheme" content="light dark"></head><body><script>location.replace(%q)</script></body></html>`, o.Page)
	})
}

const failed = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Portico</title><meta name="color-scheme" content="light dark">
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 34rem; padding: 2rem }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 .75rem }
p { margin: 0 0 .75rem; white-space: pre-line; overflow-wrap: anywhere }
</style></head>
<body><main><h1>Portico could not start</h1><p>%s</p><p>Nothing is shared. When you have seen to it, start Portico again.</p></main></body></html>
`

// bindings are the origins that Wails listens to, besides its own: on Linux none is needed.
func bindings(origin string) string {
	if needBindings {
		return origin
	}
	return ""
}
