package web

import (
	"net/http"
	"strings"

	"portico/backend/problem"
	"portico/backend/share"
	"portico/frontend"
)

// Reservation is a first segment of URL paths that is not a name of the tree.
type Reservation struct {
	Segment string // without slashes
	Text    string // one line for people
	Later   bool   // it answers 404 as yet; no folder is served there, so that links keep their meaning
}

// Reserved is the one table of reserved places. A volume is never mounted under one of them.
func Reserved() []Reservation {
	return []Reservation{
		{"-", "this program's own: /-/api/, /-/events, /-/tus/, /-/qr, /-/health, /-/app/, /-/signin", false},
		{"s", "short links to shares: /s/KEY (capitals mean the same)", false},
		{"d", "short links to drops: /d/KEY", true},
		{"plik", "Plik clients", true},
		{"api", "/api/v1/: the token API; /api/ otherwise: the administration API", true},
		{"dav", "WebDAV at the caller's home", false},
		{"auth", "a page of the administration API", true},
		{"preview", "a page of the administration API", true},
		{"web", "pages of the administration API", true},
		{"update_start_exit_program", "the administration API", true},
		{".cpr", "static names that copyparty clients expect", true},
	}
}

// IsReserved reports whether a volume may not have this name at the top of the tree.
func IsReserved(segment string) bool {
	for _, r := range Reserved() {
		if strings.EqualFold(r.Segment, segment) {
			return true
		}
	}
	return false
}

// HelpURLs is the text of `portico help urls`.
func HelpURLs() string {
	var b strings.Builder
	list := func(title string, later bool) {
		b.WriteString(title + "\n\n")
		for _, r := range Reserved() {
			if r.Later == later {
				b.WriteString("  /" + r.Segment + "/" + strings.Repeat(" ", max(1, 28-len(r.Segment))) + r.Text + "\n")
			}
		}
	}
	list("Everything below / is the tree of files, except these first segments:", false)
	list("\nAnd these, which are kept for what is to come: they answer 404 as yet, and no folder is served there:", true)
	b.WriteString(helpAnswers)
	return b.String()
}

const helpAnswers = `
What the tree answers:

  GET folder/         a page for browsers, JSON for "Accept: application/json", else the names, one per line
  GET folder/?ls      JSON as copyparty's; ?ls=t as a table of text, ?ls=v with colours
  GET folder/?zip     the folder as one file; also ?tar ?tar=gz ?tar=zst; &f=NAME picks entries (repeatable)
  GET file            the file: ranges, conditions, resuming; ?dl saves it, ?view shows it safely, ?info tells about it
  PUT file            makes or replaces it (201, 204); a guest who may only add gets a name beside it (Location)
                      X-Portico-Exists: keep | replace | skip    X-Portico-Modified: milliseconds
                      X-Portico-Batch: ID; files=12; bytes=34567, what is sent together, and how much that is in all
                      If-Match, If-None-Match, Content-Range
  POST folder/        a form with files in fields named f
  DELETE  MKCOL  COPY  MOVE   as the words say; Destination and Overwrite as in RFC 4918
  PROPFIND  PROPPATCH  LOCK  UNLOCK   WebDAV, while its door is open; so are the conditions of the If header
`

// route sends a request where its first segment belongs. The path is decoded once, by net/http; it
// is not cleaned here: names of the tree are vfs's alone, so "/x/../-/api" is a name of the tree.
func (d *Door) route(w *flow, r *http.Request) {
	path := r.URL.Path
	if r.Method == http.MethodOptions && path == "*" {
		d.options(w)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if !strings.HasPrefix(path, "/") {
		problem.Absent().Write(w)
		return
	}
	first, _, deeper := strings.Cut(path[1:], "/")
	switch {
	case first == "-" && deeper:
		d.ours(w, r)
	case strings.EqualFold(first, "s"):
		d.short(w, r)
	case d.o.Mounts[first] != nil:
		d.o.Mounts[first].ServeHTTP(w, r)
	case first == homeName && !d.dav():
		d.fail(w, r, problem.Absent())
	case !d.named(r):
		d.fail(w, r, misdirected(r.Host))
	default:
		d.tree(w, r)
	}
}

// named reports whether a request for the tree was made for this computer by its name. Shares and
// credentials that are right prove more than a name does; wrong ones prove nothing, because a page
// of a site whose name was turned to this computer can send any header (DNS rebinding).
func (d *Door) named(r *http.Request) bool {
	if d.o.Known == nil || d.o.Known(r.Host) {
		return true
	}
	v, err := visitOf(r)
	if err != nil {
		return false
	}
	switch who := v.caller(r); who.source {
	case sourceTrust, sourceHeader:
		return true // a wrong header is refused as such
	case sourceSecret:
		return who.err == nil && r.Header.Get("PW") != ""
	}
	return false
}

func misdirected(host string) error {
	return &problem.Problem{
		Status: http.StatusMisdirectedRequest, Code: "WEB-HOST-01", Title: "Not by this name",
		Detail: "This computer does not know itself as “" + host + "”.", Did: "Nothing was done.",
		Next: "Use its address; or, if the name is right, let whoever runs this Portico enter it as public_url in the settings.",
	}
}

// ours is everything below "/-/".
func (d *Door) ours(w *flow, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, frontend.Prefix):
		d.assets.ServeHTTP(w, r)
	case path == "/-/signin":
		d.signIn(w, r)
	case path == "/-/signout":
		d.signOut(w, r)
	case path == "/-/ask":
		d.askAgain(w, r)
	case d.o.API != nil:
		d.o.API.ServeHTTP(w, r)
	default:
		d.fail(w, r, problem.Absent())
	}
}

// short serves a share under its own prefix. The key is judged by Place; here only the missing
// slash is added, with a status that keeps method and body.
func (d *Door) short(w *flow, r *http.Request) {
	key, rest := cutShare(r.URL.Path)
	if key == "" {
		d.fail(w, r, share.ErrNone)
		return
	}
	if rest == "" {
		target := r.URL.EscapedPath() + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		redirect(w, target, http.StatusPermanentRedirect)
		return
	}
	d.tree(w, r)
}

// cutShare splits "/s/KEY/rest" into the key as written and "/rest"; key is "" where there is none.
func cutShare(path string) (key, rest string) {
	if len(path) < 3 || !strings.EqualFold(path[:3], "/s/") {
		return "", path
	}
	key, rest, found := strings.Cut(path[3:], "/")
	if !found {
		return key, ""
	}
	return key, "/" + rest
}

// homeName is the first segment below which the tree begins at the caller's home.
const homeName = "dav"

// cutHome splits "/dav/rest" into whether it is one, and "/rest".
func cutHome(path string) (rest string, ok bool) {
	const home = "/" + homeName
	if rest, ok = strings.CutPrefix(path, home); !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return rest, true
}

// base is how the browser calls the root of the session that serves path: "/s/KEY", "/dav" or "".
func base(path string) string {
	if _, ok := cutHome(path); ok {
		return "/" + homeName
	}
	key, rest := cutShare(path)
	if key == "" {
		return ""
	}
	return path[:len(path)-len(rest)]
}

// redirect sends the client elsewhere on this server; target is an absolute path, percent-encoded.
func redirect(w http.ResponseWriter, target string, status int) {
	// "//host" would leave the server.
	target = "/" + strings.TrimLeft(target, "/\\")
	w.Header().Set("Location", target)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}
