package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"

	"portico/backend/listen"
)

// auth is AUTH (RFC 4217). What came in the clear behind it would be taken for encrypted, so a client
// that did not wait is cut.
func (c *client) auth(arg string) {
	kind := strings.ToUpper(strings.TrimSpace(arg))
	switch {
	case c.secure():
		c.reply(503, "This connection is encrypted already.")
		return
	case c.d.o.Certificate == nil:
		c.reply(431, "Encryption is switched off here.")
		return
	case kind != "TLS" && kind != "SSL" && kind != "TLS-C" && kind != "TLS-P":
		c.reply(504, "AUTH TLS is known here.")
		return
	}
	if c.in.waiting() || len(c.queue) > 0 {
		c.d.TurnAway(c.conn, listen.Reason{Code: "DOOR-INJECT-01", Text: "commands that were not encrypted came where encryption begins: somebody on the way may have put them there"})
		c.reply(421, "Something came behind AUTH that was not encrypted.")
		c.over = true
		return
	}
	c.afresh()
	c.reply(234, "Begin.")
	if c.secureControl() {
		c.private = kind == "SSL" || kind == "TLS-P" // what these forms mean (RFC 4217 17)
	} else {
		c.over = true
	}
}

// secureControl puts TLS on the control connection.
func (c *client) secureControl() bool {
	only, old := c.d.o.Old.At(c.conn.Remote())
	config := c.d.config(old)
	var said *offer
	config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		said = &offer{slices.Clone(h.SupportedVersions), slices.Clone(h.CipherSuites)}
		return nil, nil
	}
	_ = c.conn.SetDeadline(c.until)
	over := tls.Server(c.conn.Conn, config)
	if err := over.HandshakeContext(c.ctx); err != nil {
		c.d.log.Debug("no encryption with a client", "remote", c.conn.RemoteAddr(), "error", err)
		c.unencrypted(said, err)
		return false
	}
	c.tls, c.wire, c.in = config.Clone(), over, newReader(over)
	c.tls.GetConfigForClient = nil
	if old && outdated(over.ConnectionState()) {
		c.device = only
	} else { // then its data connections are not old, either
		c.tls.MinVersion, c.tls.CipherSuites = modernTLS, nil
	}
	return true
}

func (c *client) buffer(string) {
	if !c.secure() {
		c.reply(503, "AUTH TLS comes first.")
		return
	}
	c.announced = true
	c.reply(200, "PBSZ=0")
}

// protect is PROT.
func (c *client) protect(arg string) {
	switch level := strings.ToUpper(strings.TrimSpace(arg)); {
	case !c.secure() || !c.announced && c.d.o.Security != Implicit:
		c.reply(503, "AUTH TLS and PBSZ 0 come first.")
	case level == "P":
		c.private = true
		c.reply(200, "Files and lists are encrypted.")
	case level == "C" && c.d.o.Security == Optional:
		c.private = false
		c.reply(200, "Files and lists are not encrypted.")
	case level == "C":
		c.reply(534, "This door encrypts files and lists.")
	case level == "S" || level == "E":
		c.reply(536, "PROT P is known here.")
	default:
		c.reply(504, "PROT P is known here.")
	}
}

// errReuse is a data connection that began a TLS session of its own where it must continue one.
var errReuse = errors.New("the TLS session was not continued")

// secureData puts TLS on a data connection.
func (c *client) secureData(ctx context.Context, d *data) error {
	ctx, cancel := context.WithTimeout(ctx, c.d.o.Times.Open)
	defer cancel()
	d.word = newLastWord(d.Conn)
	over := tls.Server(d.word, c.tls)
	if err := over.HandshakeContext(ctx); err != nil {
		return err
	}
	if c.d.o.Reuse && !over.ConnectionState().DidResume {
		return errReuse
	}
	d.Conn = over
	return nil
}
