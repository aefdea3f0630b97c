package web

import (
	"io"
	"net/http"
	"strings"
)

// writeNames answers with one name per line, folders with a slash: for eyes and for pipes.
func writeNames(w http.ResponseWriter, r *http.Request, l *listing) {
	var b strings.Builder
	for i := range l.entries {
		b.WriteString(printable(l.entries[i].Name))
		if l.entries[i].IsFolder() {
			b.WriteByte('/')
		}
		b.WriteByte('\n')
	}
	writeText(w, r, b.String())
}

func writeText(w http.ResponseWriter, r *http.Request, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out := packed(w, r, http.StatusOK)
	defer out.Close()
	if r.Method != http.MethodHead {
		// The client may be gone.
		_, _ = io.WriteString(out, text)
	}
}
