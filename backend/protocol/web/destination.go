package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"portico/backend/problem"
)

// destination is the decoded path of the Destination field (RFC 4918, 10.3).
func (f *Front) destination(r *http.Request) (string, error) {
	value := r.Header.Get("Destination")
	if value == "" {
		return "", badRequest("WEB-DEST-01", "COPY and MOVE need a Destination.")
	}
	return f.Local(r, value)
}

// Local is the decoded path of an address that a client wrote: a path, or a whole URL, which must be one
// of this server. What a trusted proxy takes off the front is taken off here, too.
func (f *Front) Local(r *http.Request, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" || u.Host == "" && u.Scheme != "" {
		return "", badRequest("WEB-DEST-01", "That is not the address of a file or folder.")
	}
	if u.Host != "" && !f.reachedBy(r, u) {
		return "", &problem.Problem{Status: http.StatusBadGateway, Code: "WEB-DEST-02", Title: "Another server",
			Detail: "The destination is on another server.", Did: "Nothing was changed."}
	}
	path := u.Path
	if taken := prefix(r); taken != "" {
		rest, ok := strings.CutPrefix(path, taken)
		if !ok || rest != "" && rest[0] != '/' {
			return "", &problem.Problem{Status: http.StatusBadGateway, Code: "WEB-DEST-02", Title: "Another server",
				Detail: "The destination is outside of what is served here.", Did: "Nothing was changed."}
		}
		path = rest
	}
	if !strings.HasPrefix(path, "/") {
		return "", badRequest("WEB-DEST-01", "That is not the address of a file or folder.")
	}
	return path, nil
}

// reachedBy reports whether a URL names this server as the request did. Its scheme is only looked at for
// the port that it stands for: proxies take encryption off.
func (f *Front) reachedBy(r *http.Request, u *url.URL) bool {
	if u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if strings.EqualFold(u.Host, r.Host) {
		return true
	}
	usual := "80"
	if u.Scheme == "https" || u.Scheme == "" && f.Secure(r) {
		usual = "443"
	}
	return strings.EqualFold(withPort(u.Host, usual), withPort(r.Host, usual))
}

func withPort(host, usual string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), usual)
}
