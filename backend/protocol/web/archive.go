package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"portico/backend/archive"
	"portico/backend/protocol/wire"
)

// archiveFormat reads ?zip, ?tar, ?tar=gz and ?tar=zst. What copyparty's clients write behind the
// names (zip=crc, tar=gz:3) means the same here.
func archiveFormat(query url.Values) (archive.Format, bool) {
	if query.Has("zip") {
		return archive.Zip, true
	}
	if !query.Has("tar") {
		return 0, false
	}
	kind, _, _ := strings.Cut(query.Get("tar"), ":")
	switch strings.TrimPrefix(kind, "pax,") {
	case "gz", "gzip":
		return archive.TarGzip, true
	case "zst", "zstd":
		return archive.TarZstd, true
	}
	return archive.Tar, true
}

// archive answers with a folder as one file; names, where there are any, pick entries of it.
func (d *Door) archive(w *flow, r *http.Request, s *opened, name string, format archive.Format, names []string) {
	at, err := d.turns.enter(r.Context(), s.Origin().Remote)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	defer at.leave()
	e, err := s.Stat(name)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	title := wire.SafeName(d.title(s, e))
	request := archive.Request{Format: format, Folder: name, Names: names, Top: title}
	if len(names) > 0 {
		request.Top = ""
	}
	plan, err := d.pack.Plan(s.Session, request)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if err := at.hold(plan.Files+plan.Folders, !format.Sized()); err != nil {
		d.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", format.Type())
	h.Set("Content-Disposition", wire.Disposition("attachment", title+format.Ext()))
	h.Set("X-Content-Type-Options", "nosniff")
	ownPagesOnly(h)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization, Cookie, PW")
	if plan.Left > 0 {
		h.Set("X-Portico-Left-Out", strconv.Itoa(plan.Left))
	}
	if format.Sized() {
		at.pause()
		err = wire.Send(w, r, wire.Representation{Content: plan, Size: plan.Size(), Tag: wire.Tag(plan.Version()), Modified: plan.Modified()})
	} else if r.Method != http.MethodHead {
		err = plan.WriteAll(&sending{w, at, r.Context()})
	}
	if err != nil {
		d.cut(w, r, err)
	}
}
