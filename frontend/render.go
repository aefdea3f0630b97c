package frontend

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed templates/*.html
var sources embed.FS

// Policy is the Content-Security-Policy that every rendered page works under.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

var templates = sync.OnceValues(func() (*template.Template, error) {
	w, err := table()
	if err != nil {
		return nil, err
	}
	return template.New("").Funcs(template.FuncMap{"t": w.say}).ParseFS(sources, "templates/*.html")
})

// Render writes the whole HTML document of p. It writes nothing when it fails.
func Render(w io.Writer, p *Page) error {
	t, err := templates()
	if err != nil {
		return err
	}
	s, err := newSheet(p)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "page", s); err != nil {
		return fmt.Errorf("frontend: %s page: %w", p.Kind, err)
	}
	_, err = out.WriteTo(w)
	return err
}

// boot is what the script reads first.
type boot struct {
	Kind      string   `json:"kind"`
	Status    int      `json:"status,omitempty"`
	Path      string   `json:"path"`
	Title     string   `json:"title"`
	Host      string   `json:"host"`
	Rights    string   `json:"rights"`
	Encrypted bool     `json:"encrypted,omitempty"`
	Share     bool     `json:"share,omitempty"`
	Who       string   `json:"who,omitempty"`
	Crumbs    []Crumb  `json:"crumbs"`
	Folders   int      `json:"folders"`
	Files     int      `json:"files"`
	Bytes     int64    `json:"bytes"`
	Page      int      `json:"page"`
	Pages     int      `json:"pages"`
	Tiles     bool     `json:"tiles,omitempty"`
	Said      string   `json:"said,omitempty"`
	Problem   *Problem `json:"problem,omitempty"`
	Later     string   `json:"later,omitempty"`
	More      any      `json:"more,omitempty"`
}

// sheet is a Page made ready for the templates.
type sheet struct {
	*Page
	View      string // folder, inbox, signin, waiting or problem
	Heading   string
	Home      string
	SignIn    string
	Faces     []face
	Tiles     bool
	From      string // whose it is, and how much where no button says it
	Amount    string
	Problem   *Problem
	Boot      boot
	Style     string
	Later     string
	Script    string
	Icon      string
	TouchIcon string
	Preload   []string
	here      string // what the computer is called when it has no name
}

func newSheet(p *Page) (*sheet, error) {
	w, err := table()
	if err != nil {
		return nil, err
	}
	shapes, err := kinds()
	if err != nil {
		return nil, err
	}
	s := &sheet{Page: p, View: view(p), Heading: p.Title, Home: "/", Problem: p.Problem, here: w["this"].other}
	if s.Heading == "" {
		s.Heading = p.Host
	}
	if len(p.Crumbs) > 0 {
		s.Home = p.Crumbs[0].Href
	}
	if p.Kind == KindFolder && p.Who == "" && !p.Share {
		s.SignIn = "/-/signin?return=" + template.URLQueryEscaper(p.Path)
	}
	if s.View == "problem" && s.Problem == nil {
		s.Problem = &Problem{Cause: w["problem.unknown"].other}
		if p.Kind == KindAbsent {
			s.Problem = &Problem{Cause: w["problem.absent"].other, Done: w["problem.absent.did"].other, Href: p.Path}
		}
	}
	if s.View == "problem" {
		s.wayOut(w)
	}
	if s.View == "problem" && p.Title == "" {
		s.Heading = s.Problem.Cause
	}
	if s.View == "waiting" {
		if s.Heading, err = s.bide(w); err != nil {
			return nil, err
		}
	}
	for _, r := range p.Entries {
		s.Faces = append(s.Faces, draw(r, shapes, w))
	}
	s.Tiles = pictures(s.Faces)
	if err := s.count(w); err != nil {
		return nil, err
	}
	s.link()
	s.Boot = boot{
		Kind: s.View, Status: p.Status, Path: p.Path, Title: p.Title, Host: p.Host, Rights: p.Rights,
		Encrypted: p.Encrypted, Share: p.Share, Who: p.Who, Crumbs: p.Crumbs, Folders: p.Folders,
		Files: p.Files, Bytes: p.Bytes, Page: p.PageNo, Pages: p.Pages, Tiles: s.Tiles, Said: p.Said, Problem: p.Problem, More: p.Boot, Later: s.Later,
	}
	if p.Kind == KindAbsent {
		s.Boot.Kind = KindAbsent
	}
	if s.View == "waiting" && !s.Bides() {
		s.Boot.Kind = "problem"
	}
	return s, nil
}

// view chooses the template: who may add but not look sees an inbox.
func view(p *Page) string {
	switch {
	case p.Kind == KindFolder && !strings.Contains(p.Rights, "r") && strings.Contains(p.Rights, "w"):
		return "inbox"
	case p.Kind == KindFolder, p.Kind == KindSignIn, p.Kind == KindWaiting:
		return p.Kind
	}
	return "problem"
}

// count writes the sentences about how much is here. A size is told only where it is the whole
// truth: folders are not looked into.
func (s *sheet) count(w words) error {
	var parts []string
	if s.Folders > 0 {
		text, err := w.say("count.folders", "n", s.Folders)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	if s.Files > 0 && s.Only() == nil {
		text, err := w.say("count.files", "n", s.Files)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	if s.Files > 0 && s.Folders == 0 {
		parts = append(parts, size(s.Bytes))
	}
	s.Amount = strings.Join(parts, ", ")
	return s.from(w)
}

// from says whose folder it is, unless the title or the way to it does.
func (s *sheet) from(w words) error {
	var parts []string
	said := s.Host == "" || s.Host == s.Heading
	for _, c := range s.Crumbs {
		said = said || c.Name == s.Host
	}
	if !said {
		text, err := w.say("from", "host", s.Host)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	if !s.MayRead() && s.Amount != "" {
		parts = append(parts, s.Amount)
	}
	s.From = strings.Join(parts, " · ")
	return nil
}

// bide says in a heading how it stands with a device that was not let in yet.
func (s *sheet) bide(w words) (string, error) {
	key := map[string]string{"waiting": "ask.title", "nobody": "ask.nobody"}[s.Asked]
	if key == "" {
		key = "ask.no"
	}
	return w.say(key, "host", s.HostOrThis())
}

// Bides reports whether the page looks by itself whether there is an answer.
func (s *sheet) Bides() bool { return s.Asked == "waiting" }

// wayOut gives the page about something that is not there a button: to the folder that would hold it.
func (s *sheet) wayOut(w words) {
	top := "/"
	if rest, share := strings.CutPrefix(s.Path, "/s/"); share {
		key, _, _ := strings.Cut(rest, "/")
		top += "s/" + key + "/"
	}
	if s.Status != 404 || s.Problem.Href != "" || len(s.Path) <= len(top) {
		return
	}
	at := strings.TrimSuffix(s.Path, "/")
	p := *s.Problem
	p.Href, p.Action = at[:strings.LastIndexByte(at, '/')+1], w["signpost"].other
	s.Problem, s.Home = &p, top
}

// Only is the file of a folder that holds nothing else, once it has arrived: it is fetched as it is.
func (s *sheet) Only() *face {
	if s.Folders == 0 && s.Files == 1 && len(s.Faces) == 1 && s.Faces[0].Kind == "f" && !s.Faces[0].Pending {
		return &s.Faces[0]
	}
	return nil
}

// link fills in where the built files are.
func (s *sheet) link() {
	b := load().built
	s.Style = Prefix + b.Style
	s.Later = sheetAt(b.Later)
	if s.View == "inbox" {
		s.Later = sheetAt(b.Inbox)
	}
	if b.Script != "" {
		s.Script = Prefix + b.Script
	}
	for _, name := range b.Preload[s.View] {
		s.Preload = append(s.Preload, Prefix+name)
	}
	if name := b.Icons["favicon.svg"]; name != "" {
		s.Icon = Prefix + name
	}
	if name := b.Icons["icon-180.png"]; name != "" {
		s.TouchIcon = Prefix + name
	}
}

// sheetAt is the href of a style that may not have been built.
func sheetAt(name string) string {
	if name == "" {
		return ""
	}
	return Prefix + name
}

// Count is how many entries the folder holds.
func (s *sheet) Count() int { return s.Folders + s.Files + len(s.Faces) }

// MayRead and MayAdd decide which buttons are drawn; what they lead to is judged again by the core.
func (s *sheet) MayRead() bool { return strings.Contains(s.Rights, "r") }

// MayAdd says whether files may be sent here.
func (s *sheet) MayAdd() bool { return strings.Contains(s.Rights, "w") }

// Above is the way to this folder without the folder itself.
func (s *sheet) Above() []Crumb { return s.Crumbs[:len(s.Crumbs)-1] }

// HostOrThis is a name for the computer that is never empty.
func (s *sheet) HostOrThis() string {
	if s.Host != "" {
		return s.Host
	}
	return s.here
}

// Prev is the link to the page before.
func (s *sheet) Prev() string { return "?page=" + strconv.Itoa(s.PageNo-1) }

// Next is the link to the page after.
func (s *sheet) Next() string { return "?page=" + strconv.Itoa(s.PageNo+1) }

// ProblemIcon is the shape that belongs to what went wrong.
func (s *sheet) ProblemIcon() string {
	switch {
	case s.Kind == KindAbsent:
		return "unplugged"
	case s.Status == 410 || s.Status == 429:
		return "clock"
	case s.Status == 401 || s.Status == 403:
		return "ban"
	case s.Status == 404:
		return "search"
	}
	return "alert"
}
