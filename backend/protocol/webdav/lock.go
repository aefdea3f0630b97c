package webdav

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// lock takes a lock or, without a body, refreshes one (RFC 4918, 9.10). A name that is free becomes an
// empty file.
func (h *Handler) lock(w http.ResponseWriter, r *http.Request, s *vfs.Session, name string) error {
	body, err := readBody(w, r, smallBody)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return h.refresh(w, r, s, name)
	}
	wish, err := readLock(body, r)
	if err != nil {
		return err
	}
	_, err = s.Stat(name)
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh && strings.HasSuffix(name, "/") { // a folder that is not there does not become a file
		return parentless(err)
	}
	l, err := s.Lock(name, wish)
	if errors.Is(err, vfs.ErrLocked) {
		return newPrecondition(http.StatusLocked, "no-conflicting-lock", err)
	}
	if err != nil {
		return parentless(err)
	}
	status := http.StatusOK
	if fresh {
		if status, err = occupy(s, name, l.Token); err != nil {
			// What cannot be given back ends by itself.
			_ = s.Unlock(l.Token)
			return parentless(err)
		}
	}
	w.Header().Set("Lock-Token", "<"+l.Token+">")
	h.locked(w, r, status, l)
	return nil
}

// readLock reads what kind of lock is wanted.
func readLock(body []byte, r *http.Request) (vfs.LockRequest, error) {
	wish := vfs.LockRequest{Timeout: timeoutOf(r.Header.Get("Timeout"))}
	switch depth := r.Header.Get("Depth"); {
	case depth == "" || strings.EqualFold(depth, "infinity"):
		wish.Subtree = true
	case depth != "0":
		return wish, badRequest("WEB-DEPTH-01", "Depth is 0 or infinity.")
	}
	root, err := parse(body)
	if err != nil {
		return wish, err
	}
	scope, kind := root.kid("lockscope"), root.kid("locktype")
	if !root.is("lockinfo") || scope == nil || kind == nil {
		return wish, badRequest("DAV-LOCK-01", "A lock needs its scope and its type.")
	}
	wish.Shared = scope.kid("shared") != nil
	if kind.kid("write") == nil || wish.Shared == (scope.kid("exclusive") != nil) {
		return wish, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: "DAV-LOCK-02", Title: "No such lock",
			Detail: "Locks are for writing, and exclusive or shared.", Did: "Nothing was changed."}
	}
	if owner := root.kid("owner"); owner != nil {
		wish.Owner = string(owner.inner(nil))
	}
	return wish, nil
}

// occupy makes the empty file that a lock on a free name means.
func occupy(s *vfs.Session, name, token string) (status int, err error) {
	s.ShowTokens(token)
	out, err := s.Create(name, vfs.CreateOptions{OnExist: vfs.Refuse})
	if err == nil {
		if _, err = out.Commit(); err == nil {
			return http.StatusCreated, nil
		}
		// What is thrown away may already be gone.
		_ = out.Abort()
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, vfs.ErrPrecondition) {
		return http.StatusOK, nil // somebody made it meanwhile
	}
	return 0, err
}

// refresh lets a lock last longer. Which one says the If field, which has been judged.
func (h *Handler) refresh(w http.ResponseWriter, r *http.Request, s *vfs.Session, name string) error {
	lists, _ := parseIf(strings.Join(r.Header.Values("If"), " "))
	mentioned := tokens(lists)
	if len(mentioned) == 0 {
		return badRequest("DAV-LOCK-03", "A lock that shall last longer is named in the If field; a new one needs a body.")
	}
	var l vfs.Lock
	var err error
	for _, token := range mentioned {
		if l, err = s.Lock(name, vfs.LockRequest{Token: token, Timeout: timeoutOf(r.Header.Get("Timeout"))}); err == nil {
			h.locked(w, r, http.StatusOK, l)
			return nil
		}
	}
	if errors.Is(err, vfs.ErrPrecondition) {
		return noSuchLock(http.StatusPreconditionFailed)
	}
	return err
}

// locked tells of a lock that is held now.
func (h *Handler) locked(w http.ResponseWriter, r *http.Request, status int, l vfs.Lock) {
	b := []byte(xmlHead + `<D:prop xmlns:D="DAV:"><D:lockdiscovery>`)
	b = appendLock(b, h.o.Base(r), l)
	send(w, status, append(b, "</D:lockdiscovery></D:prop>\n"...))
}

// appendLock writes an activelock.
func appendLock(b []byte, base string, l vfs.Lock) []byte {
	scope, depth := "exclusive", "0"
	if l.Shared {
		scope = "shared"
	}
	if l.Subtree {
		depth = "infinity"
	}
	b = append(b, "<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:"+scope+"/></D:lockscope><D:depth>"+depth+"</D:depth>"...)
	if l.Owner != "" {
		b = append(b, "<D:owner>"...)
		if _, err := parse([]byte("<o>" + l.Owner + "</o>")); err == nil {
			b = append(b, l.Owner...)
		} else {
			b = appendText(b, l.Owner) // of another door, or cut
		}
		b = append(b, "</D:owner>"...)
	}
	left := max(1, int64(time.Until(l.Until)/time.Second))
	b = append(b, "<D:timeout>Second-"...)
	b = strconv.AppendInt(b, min(left+1, int64(l.Timeout/time.Second)), 10)
	b = append(b, "</D:timeout>"...)
	if l.Mine { // whoever shows a token may write
		b = append(b, "<D:locktoken><D:href>"...)
		b = appendText(b, l.Token)
		b = append(b, "</D:href></D:locktoken>"...)
	}
	b = append(b, "<D:lockroot><D:href>"...)
	b = appendHref(b, base, l.Path, false)
	return append(b, "</D:href></D:lockroot></D:activelock>"...)
}

// unlock gives a lock back (RFC 4918, 9.11).
func (h *Handler) unlock(w http.ResponseWriter, r *http.Request, s *vfs.Session, name string) error {
	value := strings.TrimSpace(r.Header.Get("Lock-Token"))
	if len(value) < 3 || value[0] != '<' || value[len(value)-1] != '>' {
		return badRequest("DAV-LOCK-04", "UNLOCK names a lock in the field Lock-Token, in angle brackets.")
	}
	token := value[1 : len(value)-1]
	held, err := s.Locks(name)
	if err != nil {
		return err
	}
	for _, l := range held {
		if l.Token != token {
			continue
		}
		if err := s.Unlock(token); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return noSuchLock(http.StatusConflict)
}

func noSuchLock(status int) error {
	return &precondition{status: status, element: "lock-token-matches-request-uri", text: "No lock of that token is held here. It may have ended."}
}
