package sftp

import (
	"fmt"
	"io"
	"strings"

	"portico/backend/vfs"
)

// sendAll sends what `scp -f NAME…` asks for.
func (c *copying) sendAll() error {
	if _, err := c.answer(); err != nil {
		return err
	}
	for _, name := range c.names {
		e, err := c.s.Stat(c.at(name))
		if err == nil {
			err = c.send(&e, 0)
		} else {
			err = c.tell(name, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// send sends one file or folder.
func (c *copying) send(e *vfs.Entry, depth int) error {
	c.asked()
	switch {
	case strings.Contains(e.Name, "\n"):
		return c.tell(e.Name, vfs.ErrName)
	case e.Kind == vfs.KindFile:
		return c.sendFile(e)
	case !e.IsFolder():
		return c.tell(e.Name, vfs.ErrKind)
	case !c.tree, depth >= mostLevels:
		return c.tell(e.Name, errFolder)
	}
	list, err := c.s.List(e.Path)
	if err != nil {
		return c.tell(e.Name, err)
	}
	name := e.Name
	if name == "" {
		name = "files" // the top has no name
	}
	if good, err := c.announce(e, fmt.Sprintf("D%04o 0 %s\n", mode(e)&0o777, name)); err != nil || !good {
		return err
	}
	for i := range list {
		if err := c.send(&list[i], depth+1); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(c.out, "E\n"); err != nil {
		return err
	}
	_, err = c.answer()
	return err
}

// announce sends the line of a file or folder, with its time where that is wanted; false: the other side
// does not take it.
func (c *copying) announce(e *vfs.Entry, line string) (bool, error) {
	if at := seconds(e.ModTime); c.times {
		if _, err := fmt.Fprintf(c.out, "T%d 0 %d 0\n", at, at); err != nil {
			return false, err
		}
		if good, err := c.answer(); err != nil || !good {
			return false, err
		}
	}
	if _, err := io.WriteString(c.out, line); err != nil {
		return false, err
	}
	return c.answer()
}

// sendFile sends one file. What cannot be read on the way is made up with zeros, as scp has it, and told.
func (c *copying) sendFile(e *vfs.Entry) error {
	f, err := c.s.Open(e.Path)
	if err != nil {
		return c.tell(e.Name, err)
	}
	defer f.Close()
	now := f.Entry()
	if good, err := c.announce(&now, fmt.Sprintf("C%04o %d %s\n", mode(&now)&0o777, now.Size, e.Name)); err != nil || !good {
		return err
	}
	lent := c.large.get()
	defer c.large.put(lent)
	var failed error
	for off := int64(0); off < now.Size; {
		b := (*lent)[:min(mostData, now.Size-off)]
		c.asked()
		n := len(b)
		if failed == nil {
			if n, failed = f.ReadAt(b, off); failed == io.EOF && n == len(b) {
				failed = nil
			}
		}
		if failed != nil && n < len(b) {
			clear(b[n:])
			n = len(b)
		}
		if _, err := c.out.Write(b[:n]); err != nil {
			return err
		}
		off += int64(n)
	}
	if failed != nil {
		err = c.tell(e.Name, failed)
	} else {
		err = c.ok()
	}
	if err != nil {
		return err
	}
	_, err = c.answer()
	return err
}
