package ftp

import (
	"strings"
	"time"

	"portico/backend/vfs"
)

func (c *client) renameFrom(arg string) {
	name := c.place(arg)
	if _, err := c.session.Stat(name); err != nil {
		c.fail(err)
		return
	}
	c.from = name
	c.reply(350, "Now the new name: RNTO.")
}

// renameTo is RNTO. As everywhere in FTP it replaces a file that is there: what is sent under a name
// for the time being gets its own by it.
func (c *client) renameTo(arg string) {
	if c.from == "" {
		c.reply(503, "RNFR comes first.")
		return
	}
	e, err := c.session.Rename(c.from, c.place(arg), vfs.Replace)
	if err != nil {
		c.fail(err)
		return
	}
	c.reply(250, "It is called "+base(e.Path)+" now.")
}

// remove is DELE. What a cut upload brought goes, too.
func (c *client) remove(arg string) {
	name := c.place(arg)
	_, err := c.session.RemoveFile(name)
	if err != nil {
		if p, ok := c.session.Unfinished(name); ok && !p.Busy {
			if w, rerr := c.session.Resume(p.ID); rerr == nil {
				err = w.Abort()
			}
		}
	}
	c.removed(err)
}

// removeEmpty is RMD.
func (c *client) removeEmpty(arg string) {
	_, err := c.session.RemoveEmpty(c.place(arg))
	c.removed(err)
}

// removeAll is RMDA, which takes a folder away with everything in it.
func (c *client) removeAll(arg string) {
	_, err := c.session.Remove(c.place(arg))
	c.removed(err)
}

func (c *client) removed(err error) {
	if err != nil {
		c.fail(err)
		return
	}
	c.reply(250, "Removed.")
}

// modified is MDTM. With a time before the name it sets it, as clients did before there was MFMT.
func (c *client) modified(arg string) {
	if at, name, ok := timed(arg); ok {
		if _, err := c.session.Stat(c.place(arg)); err != nil {
			c.touch(at, name)
			return
		}
	}
	e, err := c.session.Stat(c.place(arg))
	if err != nil {
		c.fail(err)
		return
	}
	c.reply(213, stamp(e.ModTime))
}

// setModified is MFMT.
func (c *client) setModified(arg string) {
	at, name, ok := timed(arg)
	if !ok {
		c.reply(501, "It wants YYYYMMDDHHMMSS and a name.")
		return
	}
	c.touch(at, name)
}

func (c *client) touch(at time.Time, arg string) {
	if err := c.session.SetTimes(c.place(arg), at); err != nil {
		c.fail(err)
		return
	}
	c.reply(213, "Modify="+stamp(at)+"; "+arg)
}

// timed reads a time and a name behind it.
func timed(arg string) (at time.Time, name string, ok bool) {
	first, name, found := strings.Cut(arg, " ")
	at, ok = parseTime(first)
	return at, name, ok && found && name != ""
}

// site are commands beside the standard. Modes are not kept, and who sets them hears that it is done:
// clients that put files somewhere and mend their modes would take anything else for a failure.
func (c *client) site(arg string) {
	name, rest := split(arg)
	switch name {
	case "CHMOD":
		_, file, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		if _, err := c.session.Stat(c.place(file)); err != nil {
			c.fail(err)
			return
		}
		c.reply(200, "Fine; but modes are not kept here.")
	case "UTIME":
		c.utime(rest)
	case "HELP":
		c.reply(214, "CHMOD MODE NAME\nUTIME YYYYMMDDHHMMSS NAME\nHELP")
	default:
		c.reply(504, "There is no such SITE command here.")
	}
}

// utime is SITE UTIME in its two forms: time and name; or name, access, change and creation time, UTC.
func (c *client) utime(arg string) {
	at, name, ok := timed(arg)
	if fields := strings.Fields(arg); !ok && len(fields) >= 5 && strings.EqualFold(fields[len(fields)-1], "UTC") {
		times := fields[len(fields)-4:]
		name = strings.TrimSpace(arg[:strings.LastIndex(arg, times[0]+" "+times[1])])
		at, ok = parseTime(times[1])
	}
	if !ok || name == "" {
		c.reply(501, "It wants YYYYMMDDHHMMSS and a name.")
		return
	}
	if err := c.session.SetTimes(c.place(name), at); err != nil {
		c.fail(err)
		return
	}
	c.reply(200, "Its time is set.")
}
