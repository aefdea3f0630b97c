package ftp

import (
	"bufio"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"portico/backend/vfs"
)

// length is SIZE. Of a name under which nothing is whole yet it is how much a cut upload of the same
// identity brought: clients ask before they go on.
func (c *client) length(arg string) {
	name := c.place(arg)
	e, err := c.session.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if p, ok := c.session.Unfinished(name); ok && !p.Appends {
			e, err = vfs.Entry{Path: name, Size: p.Size}, nil
		}
	}
	if err == nil && e.IsFolder() {
		err = &vfs.Error{Verb: "stat", Path: e.Path, Err: vfs.ErrKind, Text: "That is a folder, not a file."}
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.asked = sized{name, e.Size}
	c.reply(213, strconv.FormatInt(e.Size, 10))
}

func (c *client) mlst(arg string) {
	e, err := c.session.Stat(c.place(arg))
	if err != nil {
		c.fail(err)
		return
	}
	c.reply(250, "Facts:\n"+c.facts.of(e)+" "+e.Path+"\nEnd")
}

// status is STAT: of the connection, or a list over the control connection.
func (c *client) status(arg string) {
	if strings.TrimSpace(arg) == "" {
		text := "Portico\nNobody is signed in."
		if c.session != nil {
			text = "Portico\nSigned in as " + welcome(c.identity()) + ", in " + quoted(c.cwd) + "."
		}
		if c.secure() {
			text += "\nThis connection is encrypted."
		}
		c.reply(211, text+"\nEnd")
		return
	}
	if c.session == nil {
		c.reply(530, "Sign in first: USER, then PASS.")
		return
	}
	list, err := c.entries(strip(c, arg))
	if err != nil {
		c.fail(err)
		return
	}
	var text strings.Builder
	out, write := bufio.NewWriter(&text), longLine(time.Now())
	for _, e := range list {
		out.WriteByte('\n')
		write(out, e, shown(e.Name))
	}
	// Into memory: it never fails.
	_ = out.Flush()
	c.reply(213, "Status:"+text.String()+"\nEnd")
}
