package web

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"portico/backend/access"
	"portico/backend/account"
)

// source says how somebody showed who they are.
type source uint8

const (
	sourceNone   source = iota // nothing was shown, or nothing that counts
	sourceTrust                // the listener vouches for its clients
	sourceHeader               // Authorization
	sourceCookie
	sourceSecret // PW or ?pw=
)

// caller is who sent a request, judged by its credentials alone.
type caller struct {
	identity access.Identity
	source   source
	secret   string // of the session, where source is a cookie
	err      error  // refused: wrong Authorization, too many wrong secrets, a store that fails
}

// judge takes the first credential that is there, in the order of design.md section 4. A wrong one
// in Authorization is refused; a wrong cookie, PW or ?pw= makes a guest.
func (f *Front) judge(ctx context.Context, r *http.Request, o origin) caller {
	if id, ok := trustedIdentity(r); ok {
		return caller{identity: id, source: sourceTrust}
	}
	c := account.Credential{Remote: o.remote(), Door: doorName, Client: r.UserAgent(), Secure: o.secure}
	if value := r.Header.Get("Authorization"); value != "" {
		return f.byHeader(ctx, c, value)
	}
	if secret := sessionCookie(r, o.secure); secret != "" {
		c.Kind, c.Secret = account.Session, secret
		if who, ok := f.lenient(ctx, c, sourceCookie); ok {
			return who
		}
	}
	if secret := plainSecret(r); secret != "" {
		c.Kind, c.Secret = account.PasswordOnly, secret
		if who, ok := f.lenient(ctx, c, sourceSecret); ok {
			return who
		}
	}
	return caller{}
}

func (f *Front) byHeader(ctx context.Context, c account.Credential, value string) caller {
	scheme, rest, _ := strings.Cut(value, " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		c.Kind, c.Secret = account.Token, strings.TrimSpace(rest)
		if c.Secret == "" { // so does Office ask how to sign in: no attempt to be counted
			return caller{source: sourceHeader, err: account.ErrWrong}
		}
	case strings.EqualFold(scheme, "Basic"):
		name, secret, ok := basic(rest)
		if !ok {
			return caller{source: sourceHeader, err: account.ErrWrong}
		}
		c.Kind, c.Name, c.Secret = account.Password, name, secret
		if name == "" {
			c.Kind = account.PasswordOnly
		}
	default:
		return caller{source: sourceHeader, err: account.ErrWrong}
	}
	id, err := f.o.Accounts.Authenticate(ctx, c)
	return caller{identity: id, source: sourceHeader, err: err}
}

// lenient takes a wrong secret for none. Everything else that goes wrong counts.
func (f *Front) lenient(ctx context.Context, c account.Credential, from source) (caller, bool) {
	id, err := f.o.Accounts.Authenticate(ctx, c)
	switch {
	case err == nil:
		return caller{identity: id, source: from, secret: c.Secret}, true
	case errors.Is(err, account.ErrWrong), errors.Is(err, account.ErrDisabled):
		return caller{}, false
	}
	return caller{source: from, err: err}, true
}

// plainSecret is the header PW or the query's pw.
func plainSecret(r *http.Request) string {
	if secret := r.Header.Get("PW"); secret != "" {
		return secret
	}
	if !strings.Contains(r.URL.RawQuery, "pw=") {
		return ""
	}
	return r.URL.Query().Get("pw")
}

// basic decodes name and password of Basic credentials (RFC 7617).
func basic(text string) (name, secret string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}

// basicSecret is the password of Basic credentials, whoever's: what scripts show to a share.
func basicSecret(r *http.Request) string {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return ""
	}
	_, secret, _ := basic(rest)
	return secret
}

// ambient reports whether a browser may have added the authority of a request by itself, so that
// another site could have sent it: everything but what only a script of ours or a program sets.
func ambient(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return !strings.EqualFold(scheme, "Bearer") && r.Header.Get("PW") == ""
}
