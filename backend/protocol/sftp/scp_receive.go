package sftp

import (
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"portico/backend/vfs"
)

// mostLevels is how many folders inside each other one scp copies.
const mostLevels = 100

// item is a line that announces a file or a folder.
type item struct {
	folder bool
	size   int64
	name   string
}

// errItem is a line that scp does not send.
var errItem = errors.New("not a line of scp")

// readItem reads "C0644 SIZE NAME" or "D0755 0 NAME". A name is one step, never up.
func readItem(line string) (it item, err error) {
	kind, rest := line[0], line[1:]
	mode, rest, ok1 := strings.Cut(rest, " ")
	size, name, ok2 := strings.Cut(rest, " ")
	_, err = strconv.ParseUint(mode, 8, 32)
	if !ok1 || !ok2 || err != nil || kind != 'C' && kind != 'D' {
		return it, errItem
	}
	it = item{folder: kind == 'D', name: name}
	if it.size, err = strconv.ParseInt(size, 10, 64); err != nil || it.size < 0 {
		return it, errItem
	}
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
		return it, errItem
	}
	return it, nil
}

// readTimes reads "TSECONDS 0 SECONDS 0", the time of the last change first.
func readTimes(line string) (time.Time, error) {
	text, _, _ := strings.Cut(line[1:], " ")
	s, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, errItem
	}
	return time.Unix(s, 0), nil
}

// receive takes what `scp -t NAME` is sent.
func (c *copying) receive() error {
	name := c.at(c.names[0])
	e, err := c.s.Stat(name)
	into := err == nil && e.IsFolder()
	if c.folder && !into {
		if err == nil {
			err = vfs.ErrKind
		}
		return c.tell(c.names[0], err)
	}
	if err := c.ok(); err != nil {
		return err
	}
	return c.level(name, into, 0)
}

// level takes what comes into one folder, until it ends. With into, name is that folder, else it is the
// name that the one thing is to have.
func (c *copying) level(name string, into bool, depth int) error {
	var at time.Time
	for {
		c.asked()
		line, err := c.line()
		if err != nil {
			if depth == 0 && errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if line == "" {
			return errItem
		}
		switch line[0] {
		case 1, 2:
			c.wrong = true
			if line[0] == 2 {
				return errAway
			}
			continue
		case 'E':
			if depth == 0 {
				return errItem
			}
			return c.ok()
		case 'T':
			if at, err = readTimes(line); err == nil {
				err = c.ok()
			}
		default:
			err = c.one(line, name, into, at, depth)
			at = time.Time{}
		}
		if err != nil {
			return err
		}
	}
}

// one takes one file or folder.
func (c *copying) one(line, name string, into bool, at time.Time, depth int) error {
	it, err := readItem(line)
	if err != nil {
		return errors.Join(err, c.tell("protocol error", errBad))
	}
	if into {
		name += "/" + it.name
	}
	switch {
	case !it.folder:
		return c.receiveFile(it, name, at)
	case !c.tree || depth >= mostLevels:
		return errors.Join(errItem, c.tell(it.name, errFolder))
	}
	if _, err := c.s.Mkdir(name, false); err != nil {
		if e, serr := c.s.Stat(name); serr != nil || !e.IsFolder() {
			// Whoever sends goes on with what lies beside it.
			return c.tell(it.name, err)
		}
	}
	if err := c.ok(); err != nil {
		return err
	}
	if err := c.level(name, true, depth+1); err != nil {
		return err
	}
	if !at.IsZero() {
		// The folder is there; that its time is another is no failure.
		_ = c.s.SetTimes(name, at)
	}
	return nil
}

// receiveFile takes one file of known length. It appears when all of it came, unless the sender says that
// it is not good; some (libssh2) say nothing and end.
func (c *copying) receiveFile(it item, name string, at time.Time) error {
	w, err := c.s.Create(name, vfs.CreateOptions{Size: it.size, ModTime: at, OnExist: vfs.ReplaceOrKeepBoth})
	if err != nil {
		if errors.Is(err, vfs.ErrKind) {
			err = errFolder
		}
		return c.tell(it.name, err)
	}
	// After Commit it does nothing.
	defer w.Abort()
	if err := c.ok(); err != nil {
		return err
	}
	content := io.LimitReader(c.in, it.size)
	n, werr := w.ReadFrom(content)
	if werr != nil { // the rest comes all the same
		more, err := io.Copy(io.Discard, content)
		if n += more; err != nil {
			return err
		}
	}
	// What is missing was cut, whatever the writer thinks of it.
	if werr == nil && n < it.size {
		return io.ErrUnexpectedEOF
	}
	good, err := c.answer()
	if silent := errors.Is(err, io.EOF); silent {
		good = true
	} else if err != nil {
		return err
	}
	if werr == nil && good {
		_, werr = w.Commit()
	}
	switch {
	case werr != nil:
		return c.tell(it.name, werr)
	case !good: // it could not read all of it
		return c.tell(it.name, fs.ErrInvalid)
	}
	return c.ok()
}
