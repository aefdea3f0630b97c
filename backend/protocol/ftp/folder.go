package ftp

import (
	"errors"
	"io/fs"
	"strings"

	"portico/backend/vfs"
)

func (c *client) where(string) { c.reply(257, quoted(c.cwd)+" is where you are.") }

// enter is CWD.
func (c *client) enter(arg string) {
	e, err := c.session.Stat(c.place(arg))
	if err == nil && !e.IsFolder() {
		err = &vfs.Error{Verb: "list", Path: e.Path, Err: vfs.ErrKind, Text: "That is a file, not a folder."}
	}
	if err != nil {
		c.astray(arg, err)
		c.fail(err)
		return
	}
	if c.above++; e.Path != "/" || c.cwd != "/" || !strings.Contains(arg, "..") {
		c.above = 0
	}
	c.cwd = e.Path
	c.reply(250, "You are in "+quoted(e.Path)+".")
}

// astray lets the core see the way of a client that asked for what is above the top again and again, and
// then for something that is not there: curl takes “../../etc/passwd” in such steps, each of which people
// take, too.
func (c *client) astray(arg string, err error) {
	if c.above > 1 && errors.Is(err, fs.ErrNotExist) {
		c.above = 0
		_, _ = c.session.Stat(c.below("../" + c.decode(arg))) // it leads to the same nothing
	}
}

// make is MKD.
func (c *client) make(arg string) {
	e, err := c.session.Mkdir(c.place(arg), false)
	if err != nil {
		c.fail(err)
		return
	}
	c.reply(257, quoted(e.Path)+" is there.")
}
