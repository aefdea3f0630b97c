package app

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"portico/backend/server"
)

// inWords says what the system refused as people say it, and what to do next. What is in words
// already stays as it is.
func inWords(err error, p *place) error {
	text := err.Error()
	var at *fs.PathError
	if errors.As(err, &at) {
		text = strings.Replace(text, at.Error(), systemWords(at), 1)
		if dir, e := p.dir(); e == nil && (at.Path == dir || strings.HasPrefix(at.Path, dir+string(filepath.Separator))) {
			text += "\nPortico keeps its settings and database in " + dir + "; name another folder with --data DIR"
		}
	}
	switch taken, forbidden := server.PortRefused(err); {
	case taken:
		text += "\nnothing was opened; end that program, or choose another port: --http :0 takes any that is free"
	case forbidden:
		text += "\nnothing was opened; take a port above 1023, for example --http :8080, or see: portico help ports"
	}
	return errors.New(text)
}

// systemWords says why the system refused a file or folder.
func systemWords(e *fs.PathError) string {
	reasons := []struct {
		err  error
		text string
	}{
		{fs.ErrPermission, "may not be used by this user (" + userName() + ")"},
		{fs.ErrNotExist, "is not there"},
		{syscall.ENOTDIR, "cannot be: a part of that name is a file, not a folder"},
		{syscall.EISDIR, "is a folder, not a file"},
		{syscall.EROFS, "lies on a disk that can only be read"},
		{syscall.ENOSPC, "has no room: its disk is full"},
	}
	for _, r := range reasons {
		if errors.Is(e.Err, r.err) {
			return e.Path + " " + r.text
		}
	}
	return e.Error()
}

// userName is who runs this program, as the environment says it, or else the system.
func userName() string {
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if who := os.Getenv(name); who != "" {
			return printable(who)
		}
	}
	if who, err := user.Current(); err == nil && who.Username != "" {
		return printable(who.Username)
	}
	return "number " + strconv.Itoa(os.Getuid())
}
