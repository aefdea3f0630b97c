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
// identity brought: clients ask before they go on. Where there are both, no one number is right: with
// either of them a client would go on in the wrong place, or take for the whole what is not. Without one
// it begins at the beginning.
func (c *client) length(arg string) {
	name := c.place(arg)
	e, err := c.session.Stat(name)
	p, cut := c.session.Unfinished(name)
	cut = cut && !p.Appends
	if errors.Is(err, fs.ErrNotExist) && cut {
		e, err, cut = vfs.Entry{Path: name, Size: p.Size}, nil, false
	}
	switch {
	case err == nil && e.IsFolder():
		c.fail(&vfs.Error{Verb: "stat", Path: e.Path, Err: vfs.ErrKind, Text: "That is a folder, not a file."})
	case err != nil:
		c.astray(arg, err)
		c.fail(err)
	case cut:
		c.reply(450, base(name)+" has a size, and what came of your unfinished upload to it has another.")
	default:
		c.asked = sized{name, e.Size}
		c.reply(213, strconv.FormatInt(e.Size, 10))
	}
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
