package vfs

import (
	"errors"
	"io/fs"
	"strings"

	"portico/backend/event"
)

// failing remembers why a write does not get on, for whoever is told that it did not arrive.
func (w *Writer) failing(err error) error {
	w.broke.Store(&err)
	return err
}

// lost tells that a write is given up of which something had come, or could not come. Where the client
// only learnt that the name is taken nothing is lost, and what has begun to appear is not for it to tell.
func (w *Writer) lost() {
	u := w.up
	u.mu.Lock()
	live := u.live == w
	u.mu.Unlock()
	broke := w.broke.Load()
	if !live || broke == nil && u.came.Load() == 0 {
		return
	}
	why := error(nil)
	if broke != nil {
		why = *broke
	}
	var settles begun
	if errors.Is(why, fs.ErrExist) || errors.Is(why, ErrPrecondition) || errors.As(why, &settles) {
		return
	}
	if w.told.Swap(true) {
		return // its door gives it up while its session ends
	}
	e := w.s.event(event.Failed, u.path)
	e.Size, e.Text = u.length(), whyLost(why)
	w.s.tree.tell(e)
}

// whyLost says why a write was given up, as the end of a sentence.
func whyLost(err error) string {
	var told *Error
	if errors.As(err, &told) && told.Text != "" {
		return strings.TrimRight(told.Text, ".")
	}
	for _, one := range []struct {
		is   error
		text string
	}{
		{ErrNoSpace, "the disk is full"},
		{ErrQuota, "there is no space left for this sender"},
		{ErrTooLarge, "it is larger than files may be here"},
		{ErrInfected, "something harmful was found in it"},
		{ErrLocked, "somebody else is editing it"},
		{ErrAbsent, "the drive is not connected"},
		{fs.ErrPermission, "the right to add it has ended"},
		{ErrIncomplete, "not all of it came, or more than was announced"},
	} {
		if errors.Is(err, one.is) {
			return one.text
		}
	}
	return "it was cut on the way"
}
