package ftp

import (
	"bufio"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"portico/backend/vfs"
)

// line writes one entry of a list under a name.
type line func(out *bufio.Writer, e vfs.Entry, name string)

func (c *client) list(arg string) {
	list, err := c.entries(strip(c, arg))
	c.send(list, err, longLine(time.Now()))
}

func (c *client) names(arg string) {
	list, err := c.entries(strip(c, arg))
	c.send(list, err, func(out *bufio.Writer, e vfs.Entry, name string) { out.WriteString(name) })
}

func (c *client) mlsd(arg string) {
	list, err := c.folder(c.place(arg))
	c.send(list, err, func(out *bufio.Writer, e vfs.Entry, name string) { out.WriteString(c.facts.of(e) + " " + name) })
}

// send sends a list over a data connection.
func (c *client) send(list []vfs.Entry, err error, write line) {
	c.rest = 0
	if err != nil {
		c.dropData()
		c.fail(err)
		return
	}
	err = c.exchange("Here comes the list.", func(_ *watch, d *data) error {
		out := bufio.NewWriterSize(struct{ writer }{d}, 32<<10)
		for _, e := range list {
			write(out, e, string(c.encode(shown(e.Name))))
			if _, err := out.WriteString("\r\n"); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	if err != nil {
		c.conclude(err, "")
		return
	}
	c.reply(226, "That is all.")
}

// writer hides ReadFrom.
type writer interface{ Write([]byte) (int, error) }

// folder lists a folder. What is not whole is left out: whoever collects files with the account of the
// instrument that sends them would take it for one.
func (c *client) folder(name string) ([]vfs.Entry, error) {
	list, err := c.session.List(name)
	if err != nil {
		return nil, err
	}
	whole := list[:0]
	for _, e := range list {
		if !e.Pending && e.Kind != vfs.KindOther {
			whole = append(whole, e)
		}
	}
	return whole, nil
}

// entries are what LIST and NLST are asked for: a folder's, one file, or those that a pattern names.
func (c *client) entries(arg string) ([]vfs.Entry, error) {
	name := c.place(arg)
	e, err := c.session.Stat(name)
	pattern := base(name)
	switch {
	case err == nil && e.IsFolder():
		return c.folder(name)
	case err == nil:
		return []vfs.Entry{e}, nil
	case !errors.Is(err, fs.ErrNotExist) || !strings.ContainsAny(pattern, "*?["):
		return nil, err
	}
	list, err := c.folder(name[:len(name)-len(pattern)])
	if err != nil {
		return nil, err
	}
	found := list[:0]
	for _, e := range list {
		if ok, err := path.Match(pattern, e.Name); err == nil && ok {
			found = append(found, e)
		}
	}
	return found, nil
}

// strip takes away the options that clients put before a name because ls knows them. A name that begins
// like one is a name where it is there; "-la ../.." is none, though it leads to where one is.
func strip(c *client, arg string) string {
	for rest := arg; strings.HasPrefix(strings.TrimLeft(rest, " "), "-"); {
		if _, err := c.session.Stat(c.place(rest)); err == nil && !slices.Contains(strings.Split(rest, "/"), "..") {
			return rest
		}
		_, rest, _ = strings.Cut(strings.TrimLeft(rest, " "), " ")
		arg = rest
	}
	return arg
}
