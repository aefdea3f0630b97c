package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/problem"
)

// PickRequest asks for a dialog of the system.
type PickRequest struct {
	What  string `json:"what" enum:"folder,files"`
	Title string `json:"title,omitempty" maxLength:"120"`
}

// PickAnswer is what was picked there.
type PickAnswer struct {
	Paths []string `json:"paths" nullable:"false" doc:"Whole names of this computer; empty: it was cancelled"`
}

// RevealRequest names what the file manager shall show: one of both.
type RevealRequest struct {
	Path  string `json:"path,omitempty" maxLength:"4096" doc:"Path in the tree"`
	Share string `json:"share,omitempty" maxLength:"64" doc:"Id of a share"`
}

// CopyRequest is a text for the clipboard.
type CopyRequest struct {
	Text string `json:"text" maxLength:"500000"`
}

// OpenRequest is an address for the browser of this computer.
type OpenRequest struct {
	URL string `json:"url" minLength:"1" maxLength:"4096" pattern:"^(https?|mailto):" doc:"http, https or mailto"`
}

// WindowRequest says what becomes of the window.
type WindowRequest struct {
	Do string `json:"do" enum:"show,hide,front"`
}

// QuitRequest ends the program.
type QuitRequest struct {
	Now bool `json:"now,omitempty" doc:"Without waiting for transfers"`
}

// DesktopText is a text that shall become a link.
type DesktopText struct {
	Text string `json:"text" minLength:"1" maxLength:"500000"`
}

// DesktopTextAnswer is its link.
type DesktopTextAnswer struct {
	Share Share `json:"share"`
}

const ownWindow = "On this computer's own window only."

// verb registers something that the desktop does, with a JSON body and an answer.
func verb[I, O any](a *API, h huma.API, method, name, id, summary string, do func(context.Context, Desktop, *I) (*O, error)) {
	type input struct{ Body I }
	type output struct{ Body *O }
	huma.Register(h, operation(method, "/-/api/desktop/"+name, id, summary, ownWindow, signedIn),
		func(ctx context.Context, in *input) (*output, error) {
			d, err := a.desktop(ctx)
			if err != nil {
				return nil, err
			}
			out, err := do(ctx, d, &in.Body)
			if err != nil {
				return nil, callerOf(ctx).undone(err)
			}
			return &output{out}, nil
		})
}

// act registers something that the desktop does and has no answer to.
func act[I any](a *API, h huma.API, name, id, summary string, do func(context.Context, Desktop, *I) error) {
	type input struct{ Body I }
	huma.Register(h, operation(http.MethodPost, "/-/api/desktop/"+name, id, summary, ownWindow, signedIn),
		func(ctx context.Context, in *input) (*struct{}, error) {
			d, err := a.desktop(ctx)
			if err != nil {
				return nil, err
			}
			if err := do(ctx, d, &in.Body); err != nil {
				return nil, callerOf(ctx).undone(err)
			}
			return nil, nil
		})
}

// tell registers something that the desktop is asked.
func tell[O any](a *API, h huma.API, name, id, summary string, do func(context.Context, Desktop) (*O, error)) {
	type output struct{ Body *O }
	huma.Register(h, operation(http.MethodGet, "/-/api/desktop/"+name, id, summary, ownWindow, signedIn),
		func(ctx context.Context, _ *struct{}) (*output, error) {
			d, err := a.desktop(ctx)
			if err != nil {
				return nil, err
			}
			out, err := do(ctx, d)
			if err != nil {
				return nil, callerOf(ctx).undone(err)
			}
			return &output{out}, nil
		})
}

// desktop is the desktop, for the owner at the control listener; for everybody else there is none.
func (a *API) desktop(ctx context.Context) (Desktop, error) {
	c := callerOf(ctx)
	if err := c.needAdmin(); err != nil {
		return nil, c.problem(err)
	}
	if !a.o.Control || c.id.Kind != access.Owner || a.o.Desktop == nil {
		return nil, problem.Absent()
	}
	return a.o.Desktop, nil
}

// undone says what the desktop could not do. Its errors are sentences, unless they are problems.
func (c *caller) undone(err error) error {
	var done *problem.Problem
	if errors.As(err, &done) {
		return done
	}
	return &problem.Problem{Status: http.StatusConflict, Code: "APP-DESK-01", Title: "That could not be done here",
		Detail: err.Error(), Did: "Nothing was changed.", Next: "Try again, or do it by hand."}
}

// desktopVerbs are what the window asks of the computer that it is on.
func (a *API) desktopVerbs(h huma.API) {
	verb(a, h, http.MethodPost, "pick", "pick", "Let somebody pick a folder or files",
		func(ctx context.Context, d Desktop, in *PickRequest) (*PickAnswer, error) {
			paths, err := d.Pick(ctx, in.What, in.Title)
			if paths == nil {
				paths = []string{}
			}
			return &PickAnswer{paths}, err
		})
	act(a, h, "reveal", "reveal", "Show something in the file manager", a.reveal)
	act(a, h, "clipboard", "copy-text", "Copy a text",
		func(ctx context.Context, d Desktop, in *CopyRequest) error { return d.SetClipboard(ctx, in.Text) })
	tell(a, h, "clipboard", "clipboard", "What was copied", func(ctx context.Context, d Desktop) (*DesktopClipboard, error) {
		out, err := d.Clipboard(ctx)
		return &out, err
	})
	act(a, h, "open", "open-address", "Open an address in the browser",
		func(ctx context.Context, d Desktop, in *OpenRequest) error { return d.OpenURL(ctx, in.URL) })
	act(a, h, "window", "window", "Show or hide the window",
		func(ctx context.Context, d Desktop, in *WindowRequest) error { return d.Window(ctx, in.Do) })
	act(a, h, "quit", "quit", "End the program",
		func(_ context.Context, d Desktop, in *QuitRequest) error { d.Quit(in.Now); return nil })
	tell(a, h, "preferences", "preferences", "How the desktop behaves", func(ctx context.Context, d Desktop) (*DesktopPreferences, error) {
		out := d.Preferences(ctx)
		return &out, nil
	})
	verb(a, h, http.MethodPatch, "preferences", "change-preferences", "Have the desktop behave otherwise",
		func(ctx context.Context, d Desktop, in *DesktopChange) (*DesktopPreferences, error) {
			out, err := d.ChangePreferences(ctx, *in)
			return &out, err
		})
	verb(a, h, http.MethodPost, "text", "share-text", "Make a text a link that stands until tonight",
		func(ctx context.Context, d Desktop, in *DesktopText) (*DesktopTextAnswer, error) {
			c := callerOf(ctx)
			made, err := c.shareText(ctx, d, in.Text)
			if err != nil {
				return nil, c.problem(err)
			}
			return &DesktopTextAnswer{*made.Share}, nil
		})
}

// shareText keeps a text among the texts of this computer, as any file arrives, and makes it a link.
func (c *caller) shareText(ctx context.Context, d Desktop, text string) (*TextAnswer, error) {
	folder, err := d.Texts(ctx)
	if err != nil {
		return nil, err
	}
	at, err := c.api.o.Admin.Placed(ctx, folder)
	if err != nil {
		return nil, err
	}
	return c.text(&TextRequest{Folder: at, Text: text, Share: &ShareOptions{For: "tonight"}}, time.Now())
}

// reveal shows what a share or a path of the tree is on this computer.
func (a *API) reveal(ctx context.Context, d Desktop, in *RevealRequest) error {
	path := in.Path
	if in.Share != "" {
		s, err := a.o.Shares.Get(ctx, callerOf(ctx).id, in.Share)
		if err != nil {
			return callerOf(ctx).problem(err)
		}
		path = s.Path
	}
	if path == "" {
		return invalid("body.path", "is missing")
	}
	return d.Reveal(ctx, path)
}
