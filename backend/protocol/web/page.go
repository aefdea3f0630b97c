package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"portico/backend/protocol/wire"
	"portico/backend/vfs"
	"portico/frontend"
)

// folderPage answers with the page of a folder: its first entries, complete with scripts off.
func (d *Door) folderPage(w http.ResponseWriter, r *http.Request, s *opened, l *listing, query url.Values) {
	p := &frontend.Page{
		Kind: frontend.KindFolder, Title: l.title, Path: wire.Href(l.path), Crumbs: d.crumbs(s, l),
		Rights: l.folder.Rights.String(), Share: s.share.ID != "",
		Folders: l.folders, Files: l.files, Bytes: l.bytes, Said: receipt(query),
	}
	p.Pages = max(1, (len(l.entries)+frontend.PageSize-1)/frontend.PageSize)
	p.PageNo = 1
	if n, err := strconv.Atoi(query.Get("page")); err == nil {
		p.PageNo = min(max(n, 1), p.Pages)
	}
	ordered := foldersFirst(l.entries)
	from := (p.PageNo - 1) * frontend.PageSize
	for _, e := range ordered[from:min(from+frontend.PageSize, len(ordered))] {
		p.Entries = append(p.Entries, pageRow(e))
	}
	if l.folder.Absent {
		p.Kind = frontend.KindAbsent
	}
	d.render(w, r, http.StatusOK, p)
}

// foldersFirst is how people read a folder. Programs get one order by name, folders and files mixed;
// the page's script puts folders first by itself (frontend/src/lib/list/order.ts).
func foldersFirst(entries []vfs.Entry) []*vfs.Entry {
	out := make([]*vfs.Entry, 0, len(entries))
	for _, folders := range []bool{true, false} {
		for i := range entries {
			if entries[i].IsFolder() == folders {
				out = append(out, &entries[i])
			}
		}
	}
	return out
}

func pageRow(e *vfs.Entry) frontend.Row {
	row := frontend.Row{Name: e.Name, Href: wire.Href(e.Name), Kind: string(kindLetter(e.Kind)), Size: e.Size, Modified: e.ModTime, Pending: e.Pending, Absent: e.Absent}
	if e.IsFolder() {
		row.Href += "/"
	}
	return row
}

// crumbs is the way from the top of what the visitor sees to this folder.
func (d *Door) crumbs(s *opened, l *listing) []frontend.Crumb {
	top := l.path[:len(l.path)-len(folderPath(l.folder.Path))] + "/"
	name := s.share.Title
	if name == "" {
		name = d.o.Host()
	}
	out := []frontend.Crumb{{Name: name, Href: wire.Href(top)}}
	at := top
	for part := range strings.SplitSeq(strings.Trim(l.folder.Path, "/"), "/") {
		if part == "" {
			continue
		}
		at += part + "/"
		out = append(out, frontend.Crumb{Name: part, Href: wire.Href(at)})
	}
	return out
}

// receipt says what a form just did. Only numbers come from the address: nobody can put words into
// our mouth with a link.
func receipt(query url.Values) string {
	var said []string
	for _, c := range []struct{ key, one, many string }{
		{"arrived", "1 file arrived.", "%d files arrived."},
		{"made", "The folder is there.", "%d folders are there."},
		{"failed", "1 file was refused.", "%d files were refused."},
	} {
		n, err := strconv.Atoi(query.Get(c.key))
		switch {
		case err != nil || n < 1:
		case n == 1:
			said = append(said, c.one)
		default:
			said = append(said, fmt.Sprintf(c.many, n))
		}
	}
	return strings.Join(said, " ")
}
