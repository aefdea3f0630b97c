package ftp

import (
	"crypto/tls"
	"errors"
	"os"
	"slices"

	"portico/backend/event"
	"portico/backend/listen"
)

// modernTLS is the oldest version that everybody may speak.
const modernTLS = tls.VersionTLS12

// oldSuites are all ciphers, the sound ones first, but for RC4, which hides nothing any more.
func oldSuites() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	for _, s := range tls.InsecureCipherSuites() {
		switch s.ID {
		case tls.TLS_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA:
		default:
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// outdated reports whether a connection speaks what only devices of the settings may.
func outdated(s tls.ConnectionState) bool {
	insecure := func(c *tls.CipherSuite) bool { return c.ID == s.CipherSuite }
	return s.Version < modernTLS || slices.ContainsFunc(tls.InsecureCipherSuites(), insecure)
}

// offer is what a client said that it can, nil where it spoke no TLS.
type offer struct{ versions, suites []uint16 }

// old says what makes a client too old for everybody's TLS, "" when that is not it. A client may say
// what it likes, so there are few answers.
func (o *offer) old() string {
	if o == nil {
		return ""
	}
	newest := uint16(0)
	for _, v := range o.versions {
		newest = max(newest, v)
	}
	switch {
	case newest == tls.VersionTLS10 || newest == tls.VersionTLS11:
		return tls.VersionName(newest)
	case newest < modernTLS:
		return "SSL"
	}
	for _, s := range tls.CipherSuites() {
		if slices.Contains(o.suites, s.ID) {
			return ""
		}
	}
	return "ciphers that are not safe any more"
}

// unencrypted tells why TLS with a client did not come about, where a person can do something about it.
func (c *client) unencrypted(o *offer, err error) {
	old := o.old()
	_, known := c.d.o.Old.At(c.conn.Remote())
	var noTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &noTLS):
		c.d.TurnAway(c.conn, listen.Foreign("TLS"))
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.late()
	case old != "" && known:
		c.d.TurnAway(c.conn, listen.Reason{Code: event.CodeOld + "-03",
			Text: "it only speaks " + old + ", which is more than ftp.old_tls can allow. Give it a newer program, or plain FTP on a network of its own"})
	case old != "":
		c.d.TurnAway(c.conn, listen.Reason{Code: event.CodeOld + "-01",
			Text: "it only speaks " + old + ". If it is yours, allow it by its address: Settings, FTP, old_tls"})
	}
}

// onlyOld is what somebody reads who may not come by old encryption.
const onlyOld = "This connection is encrypted in an old way, by which only the device of the settings may sign in from your address. Use a program that speaks TLS 1.2."

// tooOld tells of somebody who came by old encryption and may not.
func (c *client) tooOld() {
	c.d.TurnAway(c.conn, listen.Reason{Code: event.CodeOld + "-02",
		Text: "it wanted to sign in by old encryption as somebody else than " + c.device + ", for whom alone ftp.old_tls allows it"})
}
