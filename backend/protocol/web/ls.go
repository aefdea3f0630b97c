package web

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// The listing that copyparty's clients read (specs/copyparty-http.md, 5.1).
type (
	lsFolder struct {
		Dirs    []lsEntry `json:"dirs"`
		Files   []lsEntry `json:"files"`
		Taglist []string  `json:"taglist"`
		Srvinf  string    `json:"srvinf"`
		Acct    string    `json:"acct"`
		Perms   []string  `json:"perms"`
		Cfg     lsConfig  `json:"cfg"`
		Logues  [2]string `json:"logues"`
		Readmes [2]string `json:"readmes"`
		Fnugg   string    `json:"fnugg,omitempty"`
	}
	lsEntry struct {
		Lead string `json:"lead"`
		Href string `json:"href"`
		Size int64  `json:"sz"`
		Ext  string `json:"ext"`
		Time int64  `json:"ts"`
	}
	// lsConfig are hints for a page that we do not have; the values say "nothing special".
	lsConfig struct {
		Idx      bool   `json:"idx"`
		Itag     bool   `json:"itag"`
		Dlni     bool   `json:"dlni"`
		Dgrid    bool   `json:"dgrid"`
		Dnsort   bool   `json:"dnsort"`
		Dhsortn  int    `json:"dhsortn"`
		Dsort    string `json:"dsort"`
		Dcrop    string `json:"dcrop"`
		Dth3x    string `json:"dth3x"`
		U2ts     string `json:"u2ts"`
		ShrWho   string `json:"shr_who"`
		Frand    bool   `json:"frand"`
		Lifetime int    `json:"lifetime"`
		Unlist   string `json:"unlist"`
		SbLg     string `json:"sb_lg"`
		SbMd     string `json:"sb_md"`
		Fsnt     string `json:"fsnt"`
	}
)

// copyparty answers ?ls, ?ls=t and ?ls=v.
func (d *Door) copyparty(w http.ResponseWriter, r *http.Request, l *listing, query url.Values) {
	if !query.Has("dots") {
		l.hideDots()
	}
	switch query.Get("ls") {
	case "t":
		writeText(w, r, l.table(false))
		return
	case "v":
		writeText(w, r, l.table(true))
		return
	}
	f := lsFolder{Dirs: []lsEntry{}, Files: []lsEntry{}, Taglist: []string{}, Srvinf: l.srvinf(true), Acct: l.acct(), Perms: perms(l.folder.Rights),
		Cfg:   lsConfig{Dhsortn: 2, Dsort: "href", Dcrop: "y", Dth3x: "n", U2ts: "c", ShrWho: "no", Fsnt: "lin"},
		Fnugg: r.Header.Get("fnugg")}
	for i := range l.entries {
		if e := lsOf(&l.entries[i]); l.entries[i].IsFolder() {
			f.Dirs = append(f.Dirs, e)
		} else {
			f.Files = append(f.Files, e)
		}
	}
	if len(l.entries) == 0 {
		f.Logues[1] = "this folder is empty"
	}
	w.Header().Set("Content-Type", "application/json")
	out := packed(w, r, http.StatusOK)
	defer out.Close()
	if r.Method != http.MethodHead {
		// The client may be gone.
		_ = json.NewEncoder(out).Encode(f)
	}
}

func lsOf(e *vfs.Entry) lsEntry {
	href := wire.Href(e.Name)
	out := lsEntry{Lead: "-", Href: href, Size: e.Size, Ext: lsExt(e.Name), Time: e.ModTime.Unix()}
	if e.ModTime.IsZero() {
		out.Time = 0
	}
	if e.IsFolder() {
		out.Href += "/"
		out.Ext = "---"
		out.Lead = `<a href="` + html.EscapeString(out.Href) + `?zip" rel="nofollow">zip</a>`
	}
	return out
}

// lsExt is the part after the last dot, its case kept, "%" for none, at most 16 characters.
func lsExt(name string) string {
	ext := strings.TrimPrefix(path.Ext(name), ".")
	if ext == "" {
		return "%"
	}
	if short := []rune(ext); len(short) > 16 {
		return string(short[:16])
	}
	return ext
}

func (l *listing) hideDots() {
	kept := l.entries[:0]
	for _, e := range l.entries {
		if !strings.HasPrefix(e.Name, ".") {
			kept = append(kept, e)
		}
	}
	l.entries = kept
}

func (l *listing) acct() string {
	if l.identity.Kind == access.Guest || l.identity.Name == "" {
		return "*"
	}
	return l.identity.Name
}

// srvinf is the server's name and its space; pages put it between two spans.
func (l *listing) srvinf(markup bool) string {
	space := ""
	if l.free >= 0 {
		space = binarySize(l.free) + " free of " + binarySize(l.total)
	}
	if markup {
		return html.EscapeString(l.host) + "</span> // <span>" + space
	}
	return printable(l.host) + " // " + space
}

// perms are the words for rights, in copyparty's order.
func perms(r access.Right) []string {
	out := []string{}
	for _, p := range []struct {
		right access.Right
		word  string
	}{{access.Read, "read"}, {access.Write, "write"}, {access.Move, "move"}, {access.Delete, "delete"}, {access.Get, "get"}, {access.Upget, "upget"}, {access.Admin, "admin"}} {
		if r.Has(p.right) {
			out = append(out, p.word)
		}
	}
	return out
}

// table is the listing as text: three lines about the place, then time, size and name.
func (l *listing) table(colours bool) string {
	var b strings.Builder
	words := perms(l.folder.Rights)
	for i, p := range words {
		words[i] = "'" + p + "'"
	}
	fmt.Fprintf(&b, "# acct: %s\n# perms: [%s]\n# srvinf: %s\n", printable(l.acct()), strings.Join(words, ", "), l.srvinf(false))
	width := 0
	sizes := make([]string, len(l.entries))
	for i := range l.entries {
		if sizes[i] = grouped(l.entries[i].Size); colours {
			sizes[i] = shortSize(l.entries[i].Size)
		}
		width = max(width, len(sizes[i]))
	}
	for _, folders := range []bool{true, false} {
		for i := range l.entries {
			if e := &l.entries[i]; e.IsFolder() == folders {
				line(&b, e, sizes[i], width, colours)
			}
		}
	}
	return b.String()
}

func line(b *strings.Builder, e *vfs.Entry, size string, width int, colours bool) {
	name := printable(e.Name)
	if e.IsFolder() {
		name += "/"
	}
	at := e.ModTime.UTC().Format(time.DateTime)
	if !colours {
		fmt.Fprintf(b, "%s  %*s  %s\n", at, width, size, name)
		return
	}
	paint := "0"
	if e.IsFolder() {
		paint = "1;34"
	}
	fmt.Fprintf(b, "\x1b[90m%s\x1b[0m  \x1b[36m%*s\x1b[0m  \x1b[%sm%s\x1b[0m\n", at, width, size, paint, name)
}

// grouped writes a number with commas.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// shortSize is at most five characters: "12.3M".
func shortSize(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	v, unit := float64(n), 0
	for v >= 999.5 && unit < 5 {
		v /= 1024
		unit++
	}
	if v < 99.95 {
		return fmt.Sprintf("%.1f%c", v, " KMGTP"[unit])
	}
	return fmt.Sprintf("%.0f%c", v, " KMGTP"[unit])
}

func binarySize(n int64) string {
	v, unit := float64(n), 0
	for v >= 1023.95 && unit < 5 {
		v /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %s", v, []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}[unit])
}
