package frontend

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// encodings are the twins in the order of preference, with the endings that the build gives them.
var encodings = [...]struct{ name, ending string }{{"zstd", ".zst"}, {"br", ".br"}, {"gzip", ".gz"}}

// AssetHandler serves the built files below Prefix. Their names carry a digest of their content, so
// every answer may be kept for ever; the exception is the style of a program without built files.
func AssetHandler() http.Handler {
	s := load()
	h := &assetHandler{site: s, tags: sync.OnceValue(func() map[string]string { return tags(s) })}
	return h
}

type assetHandler struct {
	site *site
	tags func() map[string]string
}

func (h *assetHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "GET or HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	tag, ok := h.tags()[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	head := w.Header()
	head.Set("Content-Type", contentType(name))
	head.Set("X-Content-Type-Options", "nosniff")
	head.Add("Vary", "Accept-Encoding")
	if h.site.err != nil {
		head.Set("Cache-Control", "no-cache")
		head.Set("ETag", `"`+tag+`"`)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(h.site.plain))
		return
	}
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	body, encoding := h.choose(name, r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		head.Set("Content-Encoding", encoding)
		tag += "-" + encoding
	}
	head.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// choose returns the smallest form of a file that the client takes. A range of a compressed form is
// of no use to anybody, but correct: ServeContent answers it over the chosen form.
func (h *assetHandler) choose(name, accepted string) (body []byte, encoding string) {
	for _, e := range encodings {
		if !accepts(accepted, e.name) {
			continue
		}
		if body, err := fs.ReadFile(h.site.files, name+e.ending); err == nil {
			return body, e.name
		}
	}
	body, err := fs.ReadFile(h.site.files, name)
	if err != nil {
		return nil, ""
	}
	return body, ""
}

// accepts reads an Accept-Encoding header (RFC 9110, 12.5.3) for one coding.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight = strings.ReplaceAll(weight, " ", "")
		return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000"
	}
	return false
}

// tags lists what may be asked for by name, each with the digest of its plain form.
func tags(s *site) map[string]string {
	all := map[string]string{}
	if s.err != nil {
		all[plainStyle] = digest(s.plain)
		return all
	}
	_ = fs.WalkDir(s.files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "app.json" || twin(name) {
			return err
		}
		body, err := fs.ReadFile(s.files, name)
		if err == nil {
			all[name] = digest(body)
		}
		return err
	})
	return all
}

func twin(name string) bool {
	for _, e := range encodings {
		if strings.HasSuffix(name, e.ending) {
			return true
		}
	}
	return false
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// contentType does not ask the system's tables, which differ from computer to computer.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".json", ".webmanifest":
		return "application/json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
