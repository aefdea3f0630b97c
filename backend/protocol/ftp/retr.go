package ftp

import (
	"fmt"
	"strconv"
	"strings"

	"portico/backend/vfs"
)

// retr is RETR.
func (c *client) retr(arg string) {
	off := c.rest
	c.rest, c.asked = 0, sized{}
	f, err := c.session.Open(c.place(arg))
	if err != nil {
		c.dropData()
		c.astray(arg, err)
		c.fail(err)
		return
	}
	defer f.Close()
	e := f.Entry()
	if off > e.Size {
		c.dropData()
		c.reply(554, "It has "+strconv.FormatInt(e.Size, 10)+" bytes; there is nothing at "+strconv.FormatInt(off, 10)+".")
		return
	}
	opening := fmt.Sprintf("Opening data connection for %s (%d bytes).", base(e.Path), e.Size-off)
	err = c.exchange(opening, func(_ *watch, d *data) error {
		_, err := f.SendTo(d, off, -1)
		return err
	})
	if err != nil {
		c.conclude(err, "")
		return
	}
	c.reply(226, "Sent.")
}

// restart is REST. It holds for the next transfer.
func (c *client) restart(arg string) {
	n, err := strconv.ParseInt(strings.TrimSpace(arg), 10, 64)
	if err != nil || n < 0 {
		c.reply(501, "An offset is a number of bytes.")
		return
	}
	c.rest = n
	c.reply(350, "The next transfer begins at "+strconv.FormatInt(n, 10)+".")
}

// hash is HASH (draft-bryan-ftpext-hash): told where it is known, which is where the file came through
// Portico.
func (c *client) hash(arg string) {
	name := c.place(arg)
	e, err := c.session.Stat(name)
	var r vfs.Record
	if err == nil {
		r, err = c.session.Record(name)
	}
	switch {
	case err != nil:
		c.fail(err)
	case r.SHA256 == "":
		c.reply(550, "The hash of "+base(e.Path)+" is not known: it did not come through here, or was changed since.")
	default:
		end := max(0, e.Size-1)
		c.reply(213, fmt.Sprintf("SHA-256 0-%d %s %s", end, r.SHA256, arg))
	}
}
