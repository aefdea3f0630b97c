package ftp

import (
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
		c.fail(err)
		return
	}
	c.cwd = e.Path
	c.reply(250, "You are in "+quoted(e.Path)+".")
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
