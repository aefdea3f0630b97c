package problem

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"portico/backend/access"
	"portico/backend/vfs"
)

// row is one line of the table: whatever errors.Is finds first decides.
type row struct {
	is     error
	status int
	code   string
	title  string
	detail string // "%" stands for the name in quotation marks
	next   string
	retry  int
}

// rows is the table for files. Errors that wrap each other stand with the narrower one first.
func rows() []row {
	return []row{
		{vfs.ErrAbsent, 503, "FS-AWAY-01", "The drive is not connected", "The drive that holds % is not connected.", "Connect it again; the share waits and continues by itself.", 10},
		{vfs.ErrLocked, 423, "FS-LOCK-01", "It is locked", "% is being edited.", "Try again when it is released.", 0},
		{vfs.ErrBusy, 409, "FS-BUSY-01", "It is in use", "Another program or transfer is using %.", "Close it there, or try again in a moment.", 2},
		{vfs.ErrPrecondition, 412, "FS-NEWER-01", "It has changed meanwhile", "% is no longer what it was when you opened it.", "Load it again, then repeat the change.", 0},
		{vfs.ErrTooMany, 429, "FS-MANY-01", "Too many unfinished uploads", "Too many uploads wait to be finished; % was not begun.", "Finish or cancel some of them, then try again.", 60},
		{vfs.ErrQuota, 507, "FS-QUOTA-01", "The space for this account is used up", "% does not fit into what is left of the quota.", "Remove something, or ask for more space.", 0},
		{vfs.ErrTooLarge, 413, "FS-LARGE-01", "The file is too large", "% is larger than files may be here.", "Send a smaller file, or choose another folder.", 0},
		{vfs.ErrNoSpace, 507, "FS-SPACE-01", "The disk is full", "There is not enough room on the disk for %.", "Free some space, or choose another folder.", 0},
		{vfs.ErrName, 422, "FS-NAME-01", "The name is not allowed", "% cannot be used as a name here.", "Choose another name.", 0},
		{vfs.ErrInfected, 422, "FS-VIRUS-01", "The file was refused", "The scanner found something harmful in %.", "Check the device it came from.", 0},
		{vfs.ErrReadOnly, 403, "FS-READ-01", "Nothing can be written here", "The folder of % can be shown but not written to.", "Choose another folder.", 0},
		{vfs.ErrKind, 409, "FS-KIND-01", "It is not what was expected", "% is a folder where a file is needed, or the reverse.", "Choose another name.", 0},
		{vfs.ErrNotEmpty, 409, "FS-FULL-01", "The folder is not empty", "% still holds something.", "Empty it first.", 0},
		{vfs.ErrRange, 416, "FS-RANGE-01", "Outside the file", "That position lies outside %.", "Ask for the size first.", 0},
		{vfs.ErrIncomplete, 422, "FS-PART-01", "It arrived damaged or incomplete", "What arrived of % is not what was announced.", "Send it again.", 0},
		{vfs.ErrBoundary, 409, "FS-EDGE-01", "Somebody else's folder is in the way", "% contains a place that belongs to another share or drive.", "Leave that part out, or end its share first.", 0},
		{vfs.ErrClosed, 403, "NET-STOP-01", "It was stopped", "The transfer was stopped, or the right to it has ended.", "Ask whoever shares this.", 0},
		{fs.ErrNotExist, 404, "FS-NONE-01", "There is nothing here", "% does not exist.", "Go back to the folder and look for its new name.", 0},
		{fs.ErrExist, 409, "FS-NAME-02", "The name is taken", "There is already something called %.", "Choose another name, or say that both should be kept.", 0},
		{fs.ErrPermission, 403, "ACC-RIGHT-01", "Not allowed", "You may not do this with %.", "Ask whoever shares this.", 0},
		{context.DeadlineExceeded, 503, "SRV-SLOW-01", "It took too long", "The disk or the network did not answer in time.", "Try again in a moment.", 5},
		{context.Canceled, 503, "SRV-STOP-01", "It was interrupted", "The request ended before it was done.", "Try again.", 2},
	}
}

// From translates err. A *Problem passes unchanged; what is not known becomes a 500 without detail.
// nil stays nil.
func From(err error) *Problem {
	if err == nil {
		return nil
	}
	var done *Problem
	if errors.As(err, &done) {
		return done
	}
	if p := fromPeople(err); p != nil {
		return p
	}
	name, text, held := "this", "", ""
	var told *vfs.Error
	if errors.As(err, &told) {
		name, text, held = quote(told.Path), told.Text, told.Held
	}
	for _, r := range rows() {
		if !errors.Is(err, r.is) {
			continue
		}
		p := &Problem{Status: r.status, Code: r.code, Title: r.title, Detail: sentence(r.detail, name),
			Did: "Nothing was changed.", Next: r.next, Held: held, Retry: r.retry}
		if text != "" {
			p.Detail = stop(sentence(text, "%"))
		}
		return p
	}
	return Broken()
}

// For translates err for whoever asked: a guest who lacks the right is asked to sign in (401),
// anybody else is told that it is not allowed (403).
func For(err error, who access.Identity) *Problem {
	var done *Problem
	if who.Kind == access.Guest && errors.Is(err, fs.ErrPermission) && !errors.As(err, &done) {
		return SignIn()
	}
	return From(err)
}

// Broken is the answer for what should not happen.
func Broken() *Problem {
	return &Problem{Status: http.StatusInternalServerError, Code: "SRV-ERR-01", Title: "Something broke here",
		Detail: "The server met an error that it has no words for. Its log has the details.", Next: "Try again; if it stays, look into the log."}
}

// SignIn is the answer where nobody is signed in and signing in would help.
func SignIn() *Problem {
	return &Problem{Status: http.StatusUnauthorized, Code: "ACC-SIGN-01", Title: "Please sign in",
		Detail: "This is not open to everyone.", Did: "Nothing was changed.", Next: "Sign in, or use the link that you were given."}
}

// Absent is the answer for an address that leads nowhere, and for what the asker must not know of.
func Absent() *Problem {
	return &Problem{Status: http.StatusNotFound, Code: "WEB-NONE-01", Title: "There is nothing here",
		Detail: "This address leads nowhere.", Next: "Check the address."}
}

// quote shows only the last part of a path: the rest says nothing new to whoever asked.
func quote(p string) string {
	if name := path.Base(path.Clean("/" + p)); name != "/" {
		return "“" + name + "”"
	}
	return "this folder"
}

// stop ends a text as a sentence ends: the next one is put right behind it.
func stop(text string) string {
	text = strings.TrimRight(text, " ,;:")
	last := strings.TrimRight(text, "”)")
	if text == "" || last != "" && strings.ContainsRune(".!?…", []rune(last)[len([]rune(last))-1]) {
		return text
	}
	return text + "."
}

// sentence puts the name in its place and begins with a capital.
func sentence(pattern, name string) string {
	out := make([]byte, 0, len(pattern)+len(name))
	for i := range len(pattern) {
		if pattern[i] == '%' {
			out = append(out, name...)
		} else {
			out = append(out, pattern[i])
		}
	}
	if len(out) > 0 && out[0] >= 'a' && out[0] <= 'z' {
		out[0] -= 'a' - 'A'
	}
	return string(out)
}
