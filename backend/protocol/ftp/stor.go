package ftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"portico/backend/vfs"
)

// upload is one pending write that a client fills.
type upload struct {
	*vfs.Writer
	name string
	keep bool // what comes of it may wait until its client goes on
}

// stor is STOR. Who may only add does not lose what comes to a name that is taken: both are kept, and
// the answer says under which name.
func (c *client) stor(arg string) {
	name, off := c.place(arg), c.rest
	if off > 0 {
		u, err := c.resume(name, off)
		c.receive(u, err, "Send the rest of "+base(name)+".")
		return
	}
	u, err := c.create(name, vfs.CreateOptions{OnExist: vfs.ReplaceOrKeepBoth})
	c.receive(u, err, "Send "+base(name)+".")
}

// stou is STOU. The name is told as RFC 1123 4.1.2.9 wants it.
func (c *client) stou(arg string) {
	name := c.unique(arg)
	u, err := c.create(name, vfs.CreateOptions{OnExist: vfs.KeepBoth})
	c.receive(u, err, "FILE: "+base(name))
}

// appe is APPE. Where SIZE told before how much a cut upload had brought, it goes on from there: that
// is how curl resumes.
func (c *client) appe(arg string) {
	name, asked := c.place(arg), c.asked
	c.rest = 0
	if asked.name == name && asked.size > 0 {
		if p, ok := c.session.Unfinished(name); ok && !p.Appends && asked.size <= p.Size {
			u, err := c.goOn(name, p, asked.size)
			c.receive(u, err, "Send the rest of "+base(name)+".")
			return
		}
	}
	u, err := c.create(name, vfs.CreateOptions{Base: vfs.Append, OnExist: vfs.ReplaceOrKeepBoth})
	c.receive(u, err, "Send what is added to "+base(name)+".")
}

// create begins a write. What an earlier one to that name brought before it was cut is given up.
func (c *client) create(name string, o vfs.CreateOptions) (u upload, err error) {
	if p, ok := c.session.Unfinished(name); ok && !p.Busy {
		if old, err := c.session.Resume(p.ID); err == nil {
			old.Abort()
		}
	}
	o.Size, o.Resume = -1, c.keeps()
	w, err := c.session.Create(name, o)
	if o.Resume && errors.Is(err, vfs.ErrTooMany) {
		o.Resume = false
		w, err = c.session.Create(name, o)
	}
	return upload{w, name, o.Resume}, err
}

// resume goes on at an offset: in what a cut upload brought, or else in the file that is there.
func (c *client) resume(name string, off int64) (upload, error) {
	if p, ok := c.session.Unfinished(name); ok && !p.Appends && off <= p.Size {
		return c.goOn(name, p, off)
	}
	e, err := c.session.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return upload{}, &vfs.Error{Verb: "create", Path: name, Err: vfs.ErrRange, Text: "There is nothing of it here to go on with."}
	}
	if err != nil {
		return upload{}, err
	}
	o := vfs.CreateOptions{Base: vfs.Existing, OnExist: vfs.ReplaceOrKeepBoth}
	if off == e.Size {
		o.Base = vfs.Append // that copies nothing
	}
	u, err := c.create(name, o)
	if err != nil {
		return u, err
	}
	if u.Size() < off {
		u.Abort()
		return upload{}, &vfs.Error{Verb: "create", Path: name, Err: vfs.ErrRange}
	}
	if o.Base == vfs.Existing {
		_, err = u.Seek(off, io.SeekStart)
	}
	return u, err
}

// goOn takes up a cut upload at an offset.
func (c *client) goOn(name string, p vfs.Unfinished, off int64) (upload, error) {
	w, err := c.session.Resume(p.ID)
	if err != nil {
		return upload{}, err
	}
	if err = w.Truncate(off); err == nil {
		_, err = w.Seek(off, io.SeekStart)
	}
	if err != nil {
		w.Abort()
	}
	return upload{w, name, true}, err
}

// receive takes what comes and lets it appear when it is whole.
func (c *client) receive(u upload, err error, opening string) {
	announced := c.size
	c.rest, c.size, c.asked = 0, -1, sized{}
	if err != nil {
		c.dropData()
		c.fail(err)
		return
	}
	err = c.exchange(opening, func(w *watch, d *data) error {
		n, err := u.ReadFrom(d)
		return c.whole(w, d, err, n, u.Size(), announced)
	})
	if err != nil {
		c.conclude(err, c.putAway(u, err))
		return
	}
	r, err := u.Commit()
	if err != nil {
		u.Abort()
		c.fail(err)
		return
	}
	if kept := r.Entry.Name; kept != "" && kept != base(u.name) {
		c.reply(226, fmt.Sprintf("Received, %d bytes; kept as %s, because the name was taken.", r.Entry.Size, kept))
		return
	}
	c.reply(226, fmt.Sprintf("Received: %s, %d bytes.", base(u.name), r.Entry.Size))
}

// errShort is an upload of which less came than ALLO said.
var errShort = errors.New("less came than was announced")

// whole decides whether what came is all there is, once the data connection has ended with err. A
// program that is killed ends it, too, and with it, as good as at once, the control connection.
func (c *client) whole(w *watch, d *data, err error, came, size, announced int64) error {
	if err == nil && d.word != nil && d.word.missing {
		err = io.ErrUnexpectedEOF
	}
	exact := announced > 0 && (announced == size || announced == came)
	switch {
	case exact && errors.Is(err, io.ErrUnexpectedEOF):
		return nil // no last word in TLS, but every byte
	case err != nil:
		return err
	case announced > size:
		return errShort
	case exact || d.word != nil:
		return nil
	}
	grace := time.NewTimer(c.d.o.Times.Grace)
	defer grace.Stop()
	select {
	case <-grace.C:
		return nil
	case <-w.ctx.Done():
		return context.Cause(w.ctx)
	}
}

// putAway keeps what came for its sender, or throws it away, and says which.
func (c *client) putAway(u upload, why error) string {
	var refused *vfs.Error
	size := u.Size()
	if errors.As(why, &refused) || !u.keep || size == 0 {
		u.Abort()
		return "What came of it was thrown away."
	}
	if err := u.Keep(); err != nil {
		c.d.log.Warn("a cut upload could not be kept", "error", err)
		return "What came of it was thrown away."
	}
	return "The first " + strconv.FormatInt(size, 10) + " bytes wait: go on with REST."
}

// allocate is ALLO. What it says is believed as a lower bound for the next upload, and proves that all
// came when it is exact. (Answered by 202, cameras begin again and again.)
func (c *client) allocate(arg string) {
	c.size = -1
	if fields := strings.Fields(arg); len(fields) > 0 {
		if n, err := strconv.ParseInt(fields[0], 10, 64); err == nil && n >= 0 {
			c.size = n
		}
	}
	c.reply(200, "There will be room, or you will be told.")
}
