package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/listen"
	"portico/backend/protocol/stream"
	"portico/backend/vfs"
)

// client is one control connection. But for leave, all of it belongs to the goroutine that serves it;
// while something is transferred, in and queue belong to the watch (watch.go).
type client struct {
	d    *Door
	ctx  context.Context
	conn *stream.Conn
	wire net.Conn // conn, or TLS on it
	in   *reader
	over bool // the conversation is

	mu   sync.Mutex
	idle bool // a command is being waited for
	left bool // the door closes: nothing new is begun

	queue []string // commands that came during a transfer

	tls       *tls.Config // nil before TLS
	device    string      // who alone may sign in by this TLS, which is old; "": it is not
	private   bool        // PROT P: TLS on data connections
	announced bool        // PBSZ was said
	latin     bool        // names are Latin-1 and not UTF-8
	facts     facts       // what MLSD tells
	program   string      // what the client calls itself

	until   time.Time // signing in must be done by then
	user    string
	wrong   int  // secrets that were wrong
	strange int  // commands that are none
	spoke   bool // one that is one came
	session *vfs.Session
	cwd     string
	above   int // how often in a row CWD asked for what is above the top

	rest  int64  // REST: where the next transfer begins
	size  int64  // ALLO: how long the next upload will be, -1 unknown
	from  string // RNFR
	asked sized  // what SIZE said last

	passive *passive
	active  netip.AddrPort
	only    bool  // EPSV ALL
	failed  *data // a data connection, until it is told why
}

// sized is an answer to SIZE.
type sized struct {
	name string
	size int64
}

func newClient(ctx context.Context, d *Door, conn *stream.Conn) *client {
	return &client{
		d: d, ctx: ctx, conn: conn, wire: conn.Conn, in: newReader(conn.Conn), facts: allFacts, size: -1,
		private: d.o.Security == Implicit, until: time.Now().Add(d.o.Times.SignIn),
	}
}

// close puts everything away that the client left.
func (c *client) close() {
	c.closePassive()
	c.cutFailed()
	c.signOut()
	if c.wire != c.conn.Conn {
		_ = c.conn.SetWriteDeadline(time.Now().Add(time.Second)) // TLS says goodbye
		c.wire.Close()
	}
}

func (c *client) signOut() {
	if c.session != nil {
		c.session.Close()
		c.session = nil
	}
	c.user, c.cwd, c.above, c.from, c.rest, c.size, c.asked = "", "/", 0, "", 0, -1, sized{}
}

// leave ends an idle conversation, and one that is busy when it becomes idle.
func (c *client) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = true
	if c.idle {
		_ = c.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// converse takes command after command until somebody ends it.
func (c *client) converse() {
	for !c.over {
		line, err := c.next()
		switch {
		case errors.Is(err, errLong):
			c.reply(500, "That line is too long.")
			c.stray()
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.late()
			c.reply(421, c.farewell())
			return
		case err != nil: // gone
			if c.babbled() {
				c.d.TurnAway(c.conn, listen.Foreign("FTP"))
			}
			return
		default:
			c.obey(line)
		}
	}
}

// farewell says why the door ends the conversation.
func (c *client) farewell() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.left:
		return "This door closes now. Try again later."
	case c.session == nil:
		return "Nobody signed in. Connect again and send USER and PASS."
	}
	return "Nothing came for a long time. Connect again."
}

// next waits for a command; os.ErrDeadlineExceeded when none came, or the door closes.
func (c *client) next() (string, error) {
	c.mu.Lock()
	if c.left {
		c.mu.Unlock()
		return "", os.ErrDeadlineExceeded
	}
	if len(c.queue) > 0 {
		line := c.queue[0]
		c.queue = c.queue[1:]
		c.mu.Unlock()
		return line, nil
	}
	until := time.Now().Add(c.d.o.Times.Idle)
	if c.session == nil {
		until = c.until
	}
	_ = c.conn.SetReadDeadline(until)
	c.idle = true
	c.mu.Unlock()
	line, err := c.in.next()
	c.mu.Lock()
	c.idle = false
	c.mu.Unlock()
	return line, err
}

// obey runs one command.
func (c *client) obey(line string) {
	name, arg := split(line)
	v, known := c.d.verbs[name]
	c.spoke = c.spoke || known
	switch {
	case name == "":
		c.reply(500, "A command is missing.")
		c.stray()
	case !known:
		c.unknown(name)
	case v.signed && c.session == nil:
		c.reply(530, "Sign in first: USER, then PASS.")
	case v.arg && strings.TrimSpace(arg) == "":
		c.reply(501, "What is missing: "+name+" "+v.help)
	case (v.signed || name == "NOOP") && c.ended(): // also who only keeps the connection
		c.expel()
	default:
		c.run(name, v, arg)
	}
}

func (c *client) run(name string, v verb, arg string) {
	defer func() {
		if p := recover(); p != nil {
			c.d.log.Error("a command panicked", "command", name, "panic", p, "stack", string(debug.Stack()))
			c.reply(451, "Something broke here. The log of the server has the details.")
		}
	}()
	v.run(c, arg)
	if name != "RNFR" {
		c.from = ""
	}
	if !v.between {
		c.rest, c.size = 0, -1
	}
}

// unknown answers what is no command. Browsers and other programs that do not speak FTP are turned
// away at once, before what else they say is taken for commands.
func (c *client) unknown(name string) {
	switch name {
	case "GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "EHLO", "HELO":
		c.d.TurnAway(c.conn, listen.Foreign("FTP"))
		c.reply(421, "This is FTP.")
		c.over = true
		return
	}
	c.reply(502, "There is no such command here; HELP lists those that are.")
	c.stray()
}

// mostStrange is how many commands that are none one may send before signing in.
const mostStrange = 10

func (c *client) stray() {
	if c.strange++; c.session == nil && c.strange >= mostStrange {
		c.d.TurnAway(c.conn, listen.Foreign("FTP"))
		c.reply(421, "That is not FTP.")
		c.over = true
	}
}

// babbled reports whether nothing that came was FTP: not even the beginning of it.
func (c *client) babbled() bool {
	return c.session == nil && !c.spoke && (c.strange > 0 || c.in.waiting())
}

// late tells of a client that the door does not wait for any longer.
func (c *client) late() {
	c.mu.Lock()
	left := c.left
	c.mu.Unlock()
	switch {
	case left || c.session != nil:
	case c.babbled():
		c.d.TurnAway(c.conn, listen.Foreign("FTP"))
	default:
		c.d.TurnAway(c.conn, listen.Silent())
	}
}

// identity is who speaks; a guest before signing in.
func (c *client) identity() access.Identity {
	if c.session == nil {
		return access.Identity{Kind: access.Guest}
	}
	return c.session.Identity()
}

// secure reports whether the control connection is encrypted.
func (c *client) secure() bool { return c.tls != nil }
