package web

import (
	"errors"
	"net/http"
	"time"

	"portico/backend/problem"
	"portico/backend/share"
	"portico/frontend"
)

// deviceName is the cookie by which a browser is known that was let into a share, or waits for it. It
// holds for the whole host and gives no right without the link.
func deviceName(secure bool) string { return cookieName(secure) + "-device" }

// deviceLife is how long a browser keeps that cookie: longer than shares that ask are left standing.
const deviceLife = 365 * 24 * time.Hour

// keepDevice lets a browser keep by what it is known, where it was given that just now.
func (v *visit) keepDevice(w http.ResponseWriter, r *http.Request, err error) {
	var asked *share.Asked
	if errors.As(err, &asked) && asked.Device != "" && browser(r) {
		keep(w, deviceName(v.origin.secure), asked.Device, v.origin.secure, deviceLife)
	}
}

// AskAgain asks whoever shares once more to let a browser in. Its errors are those of share.Shares.Open.
func (f *Front) AskAgain(w http.ResponseWriter, r *http.Request, key string) error {
	v, err := visitOf(r)
	if err != nil {
		return err
	}
	key = share.Fold(key)
	from := v.visitor(r, key)
	from.Again = true
	_, _, err = f.o.Shares.Open(r.Context(), key, from)
	v.keepDevice(w, r, err)
	return err
}

// askAgain takes the button of the page that says that nobody answered, and leads back to it.
func (d *Door) askAgain(w *flow, r *http.Request) {
	if r.Method != http.MethodPost {
		d.fail(w, r, onlyBy(w, "POST"))
		return
	}
	back, err := d.formBack(w, r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if key := shareOf(back); key != "" {
		// The page that this leads back to says how it stands.
		_ = d.o.Front.AskAgain(w, r, key)
	}
	privately(w.Header())
	redirect(w, back, http.StatusSeeOther)
}

// failAsked shows a browser that it waits to be let in, or what became of that. The page looks again by
// itself.
func (d *Door) failAsked(w http.ResponseWriter, r *http.Request, p *problem.Problem, asked *share.Asked) {
	page := &frontend.Page{Kind: frontend.KindWaiting, Asked: string(asked.Answer), Share: true, Path: r.URL.EscapedPath(),
		Problem: &frontend.Problem{Code: p.Code}}
	if asked.Answer == share.Nobody {
		page.Return = returnTo(r)
	}
	d.render(w, r, p.Status, page)
}
