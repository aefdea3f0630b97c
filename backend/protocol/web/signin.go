package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"portico/backend/problem"
	"portico/backend/share"
	"portico/frontend"
)

// signIn shows the form and takes it, with scripts off too. A form without a name that returns to a
// share unlocks that share.
func (d *Door) signIn(w *flow, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		d.signInPage(w, r, http.StatusOK, returnPath(r.URL.Query().Get("return")), nil)
	case http.MethodPost:
		d.takeSignIn(w, r)
	default:
		d.fail(w, r, onlyBy(w, "GET, HEAD, POST"))
	}
}

func onlyBy(w http.ResponseWriter, verbs string) error {
	return &problem.Problem{Status: http.StatusMethodNotAllowed, Code: "WEB-VERB-01", Title: "Not like this", Detail: "This address answers to " + verbs + "."}
}

func (d *Door) takeSignIn(w *flow, r *http.Request) {
	back, err := d.formBack(w, r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	name, password := r.PostForm.Get("name"), r.PostForm.Get("password")
	if key := shareOf(back); key != "" && !r.PostForm.Has("name") {
		err = d.o.Front.Unlock(w, r, key, password)
	} else {
		_, err = d.o.Front.SignIn(w, r, name, password)
	}
	// Whoever waits to be let in does so where they wanted to go.
	if err != nil && !errors.Is(err, share.ErrAsked) {
		p := problem.For(err, d.identityAt(r))
		if p.Status == http.StatusInternalServerError {
			d.log.Error("a sign-in failed", "error", err)
		}
		d.failSignIn(w, r, back, p)
		return
	}
	privately(w.Header())
	redirect(w, back, http.StatusSeeOther)
}

// formBack reads a small form of ours, and says where to go after it.
func (d *Door) formBack(w http.ResponseWriter, r *http.Request) (back string, err error) {
	if err := d.foreign(r); err != nil {
		return "", err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseMultipartForm(64 << 10); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", badRequest("WEB-FORM-03", "The form cannot be read.")
	}
	return returnPath(r.PostForm.Get("return")), nil
}

// failSignIn shows the form again with what was wrong.
func (d *Door) failSignIn(w *flow, r *http.Request, back string, p *problem.Problem) {
	if formOf(r) != formPage {
		d.fail(w, r, p)
		return
	}
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	d.signInPage(w, r, p.Status, back, p)
}

func (d *Door) signInPage(w *flow, r *http.Request, status int, back string, p *problem.Problem) {
	page := &frontend.Page{Kind: frontend.KindSignIn, NeedName: true, Return: back}
	if shareOf(back) != "" && (p != nil && !r.PostForm.Has("name")) {
		page.NeedName, page.Share = false, true
	}
	if p != nil {
		page.Problem, page.Entered = pageProblem(p), r.PostForm.Get("name")
	}
	d.render(w, r, status, page)
}

// signOut ends the session of the cookie.
func (d *Door) signOut(w *flow, r *http.Request) {
	if r.Method != http.MethodPost {
		d.fail(w, r, onlyBy(w, "POST"))
		return
	}
	if err := d.foreign(r); err != nil {
		d.fail(w, r, err)
		return
	}
	if err := d.o.Front.SignOut(w, r); err != nil {
		d.fail(w, r, err)
		return
	}
	privately(w.Header())
	redirect(w, "/", http.StatusSeeOther)
}

// returnPath is where to go after a form: a place on this server, or the top. Whatever could lead
// elsewhere ("//host", "/\host", a scheme) is not followed.
func returnPath(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") {
		return "/"
	}
	path := u.EscapedPath()
	if strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || strings.HasPrefix(u.Path, "/-/") {
		return "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}

// shareOf is the key of the share that a return path lies in, "" for none.
func shareOf(back string) string {
	u, err := url.Parse(back)
	if err != nil {
		return ""
	}
	key, _ := cutShare(u.Path)
	return share.Fold(key)
}
