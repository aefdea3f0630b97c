package web

import (
	"net/http"
	"strconv"
	"unicode/utf8"

	"portico/backend/vfs"
)

// chunk is how much of a listing is written at once.
const chunk = 32 << 10

// writeJSON answers with our listing. It is written by hand: with ten thousand entries the general
// encoder would take longer than the disk.
func writeJSON(w http.ResponseWriter, r *http.Request, l *listing) {
	w.Header().Set("Content-Type", "application/json")
	out := packed(w, r, http.StatusOK)
	defer out.Close()
	if r.Method == http.MethodHead {
		return
	}
	b := make([]byte, 0, chunk+4096)
	b = l.appendHead(b)
	for i := range l.entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendRow(b, &l.entries[i], l.folder)
		if len(b) >= chunk {
			if _, err := out.Write(b); err != nil {
				return
			}
			b = b[:0]
		}
	}
	b = append(b, "]}\n"...)
	// The client may be gone.
	_, _ = out.Write(b)
}

// appendHead begins the object, up to the entries.
func (l *listing) appendHead(b []byte) []byte {
	b = append(b, `{"path":`...)
	b = appendString(b, l.path)
	b = append(b, `,"title":`...)
	b = appendString(b, l.title)
	b = append(b, `,"host":`...)
	b = appendString(b, l.host)
	b = append(b, `,"rights":`...)
	b = appendString(b, l.folder.Rights.String())
	b = append(b, `,"free":`...)
	b = strconv.AppendInt(b, l.free, 10)
	b = append(b, `,"folders":`...)
	b = strconv.AppendInt(b, int64(l.folders), 10)
	b = append(b, `,"files":`...)
	b = strconv.AppendInt(b, int64(l.files), 10)
	b = append(b, `,"bytes":`...)
	b = strconv.AppendInt(b, l.bytes, 10)
	b = append(b, `,"identity":{"kind":`...)
	b = appendString(b, l.identity.Kind.String())
	b = append(b, `,"name":`...)
	b = appendString(b, l.identity.Name)
	return append(b, `},"entries":[`...)
}

// appendRow writes one entry; the keys are those of the API's document (Row).
func appendRow(b []byte, e *vfs.Entry, folder vfs.Entry) []byte {
	b = append(b, `{"n":`...)
	b = appendString(b, e.Name)
	b = append(b, `,"k":"`...)
	b = append(b, kindLetter(e.Kind), '"')
	if e.Kind == vfs.KindFile {
		b = append(b, `,"s":`...)
		b = strconv.AppendInt(b, e.Size, 10)
	}
	b = append(b, `,"t":`...)
	b = strconv.AppendInt(b, milliseconds(e), 10)
	if e.Version != "" {
		b = append(b, `,"v":`...)
		b = appendString(b, e.Version)
	}
	if e.Rights != folder.Rights {
		b = append(b, `,"r":`...)
		b = appendString(b, e.Rights.String())
	}
	if e.Pending {
		b = append(b, `,"p":1`...)
	}
	if e.Mount {
		b = append(b, `,"m":1`...)
	}
	if e.Absent {
		b = append(b, `,"a":1`...)
	}
	return append(b, '}')
}

func kindLetter(k vfs.Kind) byte {
	switch k {
	case vfs.KindFile:
		return 'f'
	case vfs.KindFolder:
		return 'd'
	case vfs.KindLink:
		return 'l'
	}
	return 'o'
}

func milliseconds(e *vfs.Entry) int64 {
	if e.ModTime.IsZero() {
		return 0
	}
	return e.ModTime.UnixMilli()
}

// appendString writes a JSON string. What is not UTF-8 becomes the replacement character; "<" is
// escaped, so that a listing can stand inside a page.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[done:i]...)
			if c == '"' || c == '\\' {
				b = append(b, '\\', c)
			} else {
				b = append(b, `\u00`...)
				b = append(b, hex[c>>4], hex[c&15])
			}
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			b = append(b, s[done:i]...)
			switch r {
			case '\u2028':
				b = append(b, `\u2028`...)
			case '\u2029':
				b = append(b, `\u2029`...)
			default:
				b = append(b, `\ufffd`...)
			}
			i += size
			done = i
			continue
		}
		i += size
	}
	b = append(b, s[done:]...)
	return append(b, '"')
}
