package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"portico/backend/access"
	"portico/backend/api/urlpath"
	"portico/backend/problem"
)

// caller is one request and whoever sent it.
type caller struct {
	api *API
	r   *http.Request
	w   http.ResponseWriter
	id  access.Identity // of the credentials; a share's path brings its own
	eye access.Identity // whose eyes the next error is for: of the place that was named last
}

type callerKey struct{}

// callerOf returns the caller that ServeHTTP put into the context of the operation.
func callerOf(ctx context.Context) *caller { return ctx.Value(callerKey{}).(*caller) }

// at finds the place that a URL path names, with the rights that this path and the credentials give.
func (c *caller) at(urlPath string) (at, error) {
	if !strings.HasPrefix(urlPath, "/") || strings.IndexByte(urlPath, 0) >= 0 {
		return at{}, invalid("path", "must be a URL path that begins with a slash")
	}
	s, name, err := c.api.o.Place(c.r, urlPath)
	if err != nil {
		c.eye = c.id
		return at{}, err
	}
	c.eye = s.Identity()
	return at{Session: s, name: name, base: urlpath.Base(urlPath)}, nil
}

// administers reports whether the caller may see what concerns everybody.
func (c *caller) administers() bool { return c.api.o.Tree.Policy().Administers(c.id) }

// needAdmin refuses everybody else: a guest is asked to sign in.
func (c *caller) needAdmin() error {
	switch {
	case c.administers():
		return nil
	case c.id.Kind == access.Guest:
		return problem.SignIn()
	}
	return &problem.Problem{Status: http.StatusForbidden, Code: "ACC-ADMIN-01", Title: "Not allowed",
		Detail: "Only whoever runs this server may see or do this.", Did: "Nothing was changed.", Next: "Ask whoever runs it."}
}

// problem puts err into words for this caller; what there are no words for goes to the log.
func (c *caller) problem(err error) *problem.Problem {
	p := problem.For(err, c.eye)
	if p.Status == http.StatusInternalServerError {
		c.api.o.Log.Error("a request failed", "method", c.r.Method, "path", c.r.URL.Path, "error", err)
	}
	return p
}

func itoa(n int) string { return strconv.Itoa(n) }
