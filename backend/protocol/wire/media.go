package wire

import (
	"net/http"
	"path"
	"strings"
)

// Nature says what a browser would do with content of a type.
type Nature uint8

const (
	Inert  Nature = iota // shown or saved, never run: pictures, sound, video, text, archives
	Active               // could run code or load more: HTML, SVG, XML, PDF
)

// Media is how content is announced.
type Media struct {
	Type   string // value of Content-Type
	Nature Nature
}

const (
	plainText = "text/plain; charset=utf-8"
	binary    = "application/octet-stream"
)

// SniffLen is how many first bytes MediaOf can make use of.
const SniffLen = 512

// MediaOf names the type by the extension, which does not depend on the system; where that says
// nothing, head (at most the first SniffLen bytes, asked for only then) is looked at, and only inert
// types are believed. Scripts and style sheets are announced as plain text, so that no page can use
// a served file as its own code.
func MediaOf(name string, head func() []byte) Media {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if t := activeType(ext); t != "" {
		return Media{t, Active}
	}
	if t := inertType(ext); t != "" {
		return Media{t, Inert}
	}
	return Media{sniff(head()), Inert}
}

// sniff believes only what cannot run.
func sniff(head []byte) string {
	if len(head) == 0 {
		return plainText
	}
	t := http.DetectContentType(head)
	major, _, _ := strings.Cut(t, "/")
	switch {
	case major == "image" && t != "image/svg+xml", major == "audio", major == "video", strings.HasPrefix(t, "text/plain"):
		return t
	}
	return binary
}

// activeType is the table of extensions whose content a browser might run.
func activeType(ext string) string {
	switch ext {
	case "html", "htm", "shtml":
		return "text/html; charset=utf-8"
	case "xhtml", "xht":
		return "application/xhtml+xml"
	case "svg", "svgz":
		return "image/svg+xml"
	case "xml", "xsl", "xslt", "rss", "atom", "rdf", "mathml", "xsd":
		return "application/xml"
	case "pdf":
		return "application/pdf"
	case "mht", "mhtml":
		return "multipart/related"
	case "swf":
		return "application/x-shockwave-flash"
	case "hta", "htc", "jnlp":
		return binary
	}
	return ""
}

// Sandbox is the Content-Security-Policy under which active content is served: an origin of its
// own, no script, nothing loaded.
const Sandbox = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

// pdfPolicy: a browser's own viewer keeps PDF out of our origin but refuses to start in a sandbox.
const pdfPolicy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"

// Announce sets the type and the fields that keep content out of our origin. Active content is
// sent as an attachment, unless view asks for the sandboxed preview. dl, when set, is the name to
// save under.
func (m Media) Announce(h http.Header, name string, view bool, dl string) {
	h.Set("Content-Type", m.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	kind := "inline"
	if m.Nature == Active {
		h.Set("Content-Security-Policy", Sandbox)
		switch {
		case !view:
			kind = "attachment"
		case m.Type == "application/pdf":
			h.Set("Content-Security-Policy", pdfPolicy)
		}
	}
	if dl != "" {
		name, kind = dl, "attachment"
	}
	h.Set("Content-Disposition", Disposition(kind, name))
}
