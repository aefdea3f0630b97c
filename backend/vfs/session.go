package vfs

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"portico/backend/access"
	"portico/backend/store"
)

// Session is one identity speaking through one door from one address: the only handle on files that
// anything above vfs gets. Names are absolute slash paths in the session's own tree; whatever else is
// asked is cleaned or refused with ErrName. It is safe for concurrent use.
type Session struct {
	tree   *Tree
	id     access.Identity
	origin Origin
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	handles *handle             // list of what is open
	ended   bool                //
	hooked  func() bool         // undoes the wait for ctx's end
	tokens  map[string]struct{} // lock tokens the client showed

	proved atomic.Pointer[string] // the visit in which a lock was taken whose token was shown
}

// Identity returns who speaks.
func (s *Session) Identity() access.Identity { return s.id }

// Origin returns through which door and from where.
func (s *Session) Origin() Origin { return s.origin }

// Close ends every handle that the session gave out: Files close, Writers are kept where they asked
// for it and aborted otherwise. Calling it again does nothing.
func (s *Session) Close() {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	s.ended = true
	unhook := s.hooked
	s.mu.Unlock()
	if unhook != nil {
		unhook()
	}
	s.cancel(ErrClosed)
	s.endHandles(func(*handle) bool { return true }, ErrClosed)
	s.tree.mu.Lock()
	delete(s.tree.sessions, s)
	s.tree.mu.Unlock()
}

// Done is closed when the session has ended: by Close, with its context, or because its identity is not
// what it was any more.
func (s *Session) Done() <-chan struct{} { return s.ctx.Done() }

// err reports ErrClosed once the session has ended.
func (s *Session) err() error {
	if s.ctx.Err() != nil {
		return ErrClosed
	}
	return nil
}

// ShowTokens presents lock tokens for the verbs that follow. Of many visitors with one identity, whoever
// shows a token is the one who took the lock: a program that keeps no cookies can fill what it has locked.
func (s *Session) ShowTokens(tokens ...string) {
	if Many(s.id.Kind) {
		s.proves(tokens)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = make(map[string]struct{}, len(tokens))
	}
	for _, t := range tokens {
		s.tokens[t] = struct{}{}
	}
}

func (s *Session) proves(tokens []string) {
	t := &s.tree.locks
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, token := range tokens {
		if l, ok := t.all[token]; ok && l.Until.After(t.now()) && l.By.Visit != "" && s.holds(l) {
			s.proved.Store(&l.By.Visit)
			return
		}
	}
}

// visit is by what this visitor is known among those with the same identity, "" by nothing.
func (s *Session) visit() string {
	if v := s.proved.Load(); v != nil {
		return *v
	}
	return s.origin.Visit
}

func (s *Session) shows(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.tokens[token]
	return ok
}

// party is the session as rows of the store keep it.
func (s *Session) party() store.Party {
	return store.Party{
		Kind: uint8(s.id.Kind), ID: s.id.ID, Name: s.id.Name, Door: s.origin.Door, Remote: s.origin.Remote,
		Visit: s.visit(), Payer: Payer(s.id).String(),
	}
}

// Payer is whose room an identity takes: whoever stands at the end of those it acts for.
func Payer(id access.Identity) access.Identity {
	for id.Behind != nil {
		id = *id.Behind
	}
	return id
}

// same reports whether a row's party is this session's. Guests and link holders are many people with
// one identity: they are told apart by the secret of their visit.
func (s *Session) same(p store.Party) bool {
	if access.Kind(p.Kind) != s.id.Kind || p.ID != s.id.ID {
		return false
	}
	return !Many(s.id.Kind) || p.Visit != "" && p.Visit == s.visit()
}

// Many reports whether many people may have an identity of that kind at once.
func Many(k access.Kind) bool { return k == access.Guest || k == access.Link }

// tidy bounds what a client says of itself.
func (o Origin) tidy() Origin {
	o.Client = tidyText(o.Client, 200)
	o.Batch = tidyText(o.Batch, 64)
	return o
}

func tidyText(s string, most int) string {
	plain := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if !plain {
		s = strings.Map(func(r rune) rune {
			if r == utf8.RuneError || !unicode.IsPrint(r) {
				return -1
			}
			return r
		}, s)
	}
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
