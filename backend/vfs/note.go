package vfs

import (
	"time"

	"portico/backend/vfs/driver"
)

// NoteLimit is the longest note of a pending write, in bytes.
const NoteLimit = 16 << 10

// Note returns the door's own text that is kept with the pending write.
func (w *Writer) Note() string {
	w.up.mu.Lock()
	defer w.up.mu.Unlock()
	return w.up.o.Note
}

// SetNote replaces the note; it is saved with the next Sync or Keep. ErrTooLarge above NoteLimit.
func (w *Writer) SetNote(text string) error {
	if len(text) > NoteLimit {
		return &Error{Verb: string(VerbCreate), Path: w.name, Err: ErrTooLarge}
	}
	w.up.mu.Lock()
	defer w.up.mu.Unlock()
	w.up.o.Note = text
	return nil
}

// Expires returns until when the write would wait for Resume if it were kept now.
func (w *Writer) Expires() time.Time { return w.s.tree.now().Add(w.s.tree.ages.Load().Unfinished) }

// Canonical returns the canonical tree path of what name leads to, links, case and Unicode form
// resolved: what events call it. It is for matching events only; clients know their own names.
func (s *Session) Canonical(name string) (string, error) {
	p, err := s.resolve(name, driver.WantInfo)
	if err != nil {
		return "", problem(VerbStat, name, err)
	}
	defer p.close()
	if err := s.claimAt(&p).know(); err != nil {
		return "", problem(VerbStat, name, err)
	}
	if p.real == "" {
		return p.path, nil
	}
	return p.real, nil
}
