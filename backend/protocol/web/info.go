package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"portico/backend/access"
	"portico/backend/vfs"
)

// record is what is known of an entry beyond the disk; the keys are those of the API's document.
type record struct {
	SHA256  string `json:"sha256,omitempty"`
	By      string `json:"by,omitempty"`
	Door    string `json:"door,omitempty"`
	Arrived int64  `json:"arrived,omitempty"`
}

// info tells about one entry: a listing that holds it alone, with its record.
func (d *Door) info(w *flow, r *http.Request, s *opened, name string) {
	e, err := s.Stat(name)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	known, err := s.Record(name)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	rec := record{SHA256: known.SHA256}
	if !vfs.Many(s.Identity().Kind) { // strangers are not told who has an account here
		rec.By, rec.Door = known.By, known.Door
	}
	if !known.Arrived.IsZero() {
		rec.Arrived = known.Arrived.UnixMilli()
	}
	l := &listing{path: base(r.URL.Path) + folderPath(access.Parent(e.Path)), title: d.title(s, e), host: d.o.Host(), folder: e, identity: s.Identity(), free: -1}
	if free, total, err := s.Usage(name); err == nil && total > 0 && tellsRoom(s, e) {
		l.free = free
	}
	switch e.Kind {
	case vfs.KindFolder:
		l.folders = 1
	case vfs.KindFile:
		l.files, l.bytes = 1, e.Size
	}
	text, err := json.Marshal(rec)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	b := appendRow(l.appendHead(nil), &e, e)
	b = append(b, `],"record":`...)
	b = append(append(b, text...), "}\n"...)
	h := w.Header()
	privately(h)
	h.Set("Content-Type", "application/json")
	out := packed(w, r, http.StatusOK)
	defer out.Close()
	if r.Method != http.MethodHead {
		// The client may be gone.
		_, _ = out.Write(b)
	}
}

// tellsRoom reports whether a caller is told how much room there is: strangers only where they may add.
func tellsRoom(s *opened, e vfs.Entry) bool {
	return !vfs.Many(s.Identity().Kind) || e.Rights.Has(access.Write)
}

// printable keeps text of strangers on one line and free of what steers a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
