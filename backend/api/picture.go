package api

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/qr"
)

// describePicture adds the picture to the document.
func describePicture(doc *huma.OpenAPI) {
	text := &huma.Schema{Type: huma.TypeString}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/-/qr", OperationID: "qr", Summary: "Draw an address as a QR code",
		Description: "Only addresses that a phone can open, and WIFI: ones.",
		Tags:        []string{"shares"},
		Parameters: []*huma.Param{
			{Name: "u", In: "query", Required: true, Schema: text, Example: "http://192.168.1.20:3923/s/k7qf2mzx"},
			{Name: "f", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"svg", "png", "txt"}, Default: "svg"}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			"image/svg+xml": {Schema: text}, "image/png": {Schema: &huma.Schema{}}, "text/plain": {Schema: text}}}},
	})
}

// servePicture draws an address as a QR code: /-/qr?u=URL&f=svg|png|txt.
func (a *API) servePicture(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	address := q.Get("u")
	if !drawable(address) {
		invalid("query.u", "must be an address").Write(w)
		return
	}
	kinds := map[string]struct {
		kind string
		draw func(io.Writer) error
	}{
		"":    {"image/svg+xml", func(b io.Writer) error { return qr.SVG(b, address, "") }},
		"svg": {"image/svg+xml", func(b io.Writer) error { return qr.SVG(b, address, "") }},
		"png": {"image/png", func(b io.Writer) error { return qr.PNG(b, address, 8) }},
		"txt": {"text/plain; charset=utf-8", func(b io.Writer) error { return qr.Terminal(b, address) }},
	}
	form, ok := kinds[q.Get("f")]
	if !ok {
		invalid("query.f", "must be svg, png or txt").Write(w)
		return
	}
	var b bytes.Buffer
	if err := form.draw(&b); err != nil {
		invalid("query.u", "is too long to be scanned").Write(w)
		return
	}
	w.Header().Set("Content-Type", form.kind)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	// The client may be gone.
	_, _ = w.Write(b.Bytes())
}

// drawable reports whether text is an address that a phone can do something with. Anything else
// would make this a place to have arbitrary text shown under our name.
func drawable(text string) bool {
	if len(text) > qr.Limit {
		return false
	}
	if strings.HasPrefix(text, "WIFI:") {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.User == nil &&
		slices.Contains([]string{"http", "https", "ftp", "ftps", "sftp", "smb", "webdav", "davs", "dav"}, u.Scheme)
}
