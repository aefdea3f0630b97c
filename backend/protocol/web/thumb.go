package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"portico/backend/media"
	"portico/backend/problem"
	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// thumb answers ?th=PIXELS with a small picture of the file.
func (d *Door) thumb(w *flow, r *http.Request, f *vfs.File, pixels string) {
	asked, err := strconv.Atoi(pixels)
	if err != nil || asked < 1 {
		asked = 320
	}
	size, e := media.Size(asked), f.Entry()
	data, err := d.o.Thumbs.JPEG(r.Context(), e.Path+"\x00"+e.Version, size, func() (media.Source, error) { return f, nil })
	if errors.Is(err, media.ErrUnsupported) || errors.Is(err, media.ErrTooLarge) {
		err = &problem.Problem{Status: http.StatusUnsupportedMediaType, Code: "WEB-THUMB-01", Title: "No small picture", Detail: "There is no small picture of this."}
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	h := w.Header()
	ownPagesOnly(h)
	h.Set("Content-Type", "image/jpeg")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization, Cookie, PW")
	rep := wire.Representation{Content: inMemory(data), Size: int64(len(data)), Tag: wire.Tag(e.Version + "-" + strconv.Itoa(size)), Modified: e.ModTime}
	if err := wire.Send(w, r, rep); err != nil {
		d.cut(w, r, err)
	}
}

type inMemory []byte

func (b inMemory) SendTo(w io.Writer, off, n int64) (int64, error) {
	return io.Copy(w, bytes.NewReader(b[off:off+n]))
}
