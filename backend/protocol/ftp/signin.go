package ftp

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/problem"
	"portico/backend/protocol/entry"
	"portico/backend/share"
	"portico/backend/vfs"
)

// mostWrong is how many wrong secrets one connection may show.
const mostWrong = 5

// name is USER.
func (c *client) name(arg string) {
	if c.d.o.Security == Required && !c.secure() {
		c.reply(530, "This door wants encryption first: send AUTH TLS, or choose FTP over TLS (explicit) in the program's settings.")
		return
	}
	c.afresh()
	c.user = strings.TrimSpace(arg)
	c.reply(331, "Now the password of "+c.user+".")
}

// again is REIN: as if the connection were new.
func (c *client) again(string) {
	c.afresh()
	c.reply(220, "Sign in again.")
}

func (c *client) afresh() {
	if c.session != nil {
		c.until = time.Now().Add(c.d.o.Times.SignIn)
	}
	c.signOut()
	c.closePassive()
}

func (c *client) quit(string) {
	c.reply(221, "Goodbye.")
	c.over = true
}

// secret is PASS.
func (c *client) secret(arg string) {
	switch {
	case c.session != nil:
		c.reply(202, "You are signed in already.")
		return
	case c.user == "":
		c.reply(503, "USER comes first.")
		return
	}
	who := entry.Client{Door: c.d.o.Name, Remote: c.conn.Remote(), Name: c.program, Secure: c.secure(), Only: c.device, Alone: true}
	ctx, cancel := context.WithTimeout(c.ctx, c.d.o.Times.SignIn)
	defer cancel()
	id, err := c.d.o.Entry.Password(ctx, c.decode(c.user), c.decode(arg), who)
	if err != nil {
		c.refuse(err)
		return
	}
	c.session, c.cwd = c.d.o.Entry.Session(c.ctx, id, who)
	if id.Kind != access.Guest {
		c.conn.SignedIn()
	}
	c.reply(230, "Welcome, "+welcome(id)+".")
}

func welcome(id access.Identity) string {
	switch {
	case id.Kind == access.Guest:
		return "guest"
	case id.Name == "":
		return "visitor"
	}
	return id.Name
}

// refuse answers who could not sign in.
func (c *client) refuse(err error) {
	user := c.user
	c.user = ""
	var many account.ErrTooMany
	switch {
	case errors.As(err, &many):
		wait := max(1, problem.Seconds(many.RetryAfter))
		c.reply(421, "Too many wrong names or passwords came. Try again in "+strconv.Itoa(wait)+" s.")
		c.over = true
		return
	case errors.Is(err, entry.ErrOnly):
		c.tooOld()
		c.reply(530, onlyOld)
	case errors.Is(err, share.ErrAsked):
		p := problem.From(err)
		c.reply(530, p.Detail+" "+p.Next)
	case errors.Is(err, account.ErrDisabled):
		c.reply(530, "This account is switched off. Ask whoever runs this server.")
	case errors.Is(err, account.ErrWrong):
		c.reply(530, "The name "+user+" or its password is wrong. Check both and try again.")
	default:
		if c.ctx.Err() == nil {
			c.d.log.Error("a password could not be checked", "error", err)
		}
		c.reply(421, "The password could not be checked. Try again in a moment.")
		c.over = true
		return
	}
	if c.wrong++; c.wrong >= mostWrong {
		c.reply(421, "That was wrong too often. Connect again.")
		c.over = true
	}
}

// keeps reports whether what a cut upload brought can be found again by whoever sent it: guests and
// holders of links are somebody else when they come back.
func (c *client) keeps() bool { return !vfs.Many(c.identity().Kind) }
