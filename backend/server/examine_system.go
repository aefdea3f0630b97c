package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"portico/backend/server/machine"
)

// certificate looks at what the web door shows to encrypted visitors.
func (p Patient) certificate(now time.Time) []Finding {
	f := Finding{About: "certificate"}
	cert, key := filepath.Join(p.Data, "certificate.pem"), filepath.Join(p.Data, "certificate.key")
	own := p.Config.HTTP.TLS.Mode == "files"
	switch {
	case p.Config.HTTP.TLS.Mode == "off":
		f.Text = "none: encryption is off (http.tls.mode)"
		return []Finding{f}
	case own:
		cert, key = p.Config.HTTP.TLS.Cert, p.Config.HTTP.TLS.Key
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if errors.Is(err, fs.ErrNotExist) && !own {
		f.Text = "none yet; it is made at the first start"
		return []Finding{f}
	}
	var leaf *x509.Certificate
	if err == nil {
		leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	if err != nil {
		f.Text, f.Bad, f.Next = cert+" and "+key+" are not a certificate with its key: "+err.Error(), true, "set http.tls.cert and http.tls.key to the right files"
		if !own {
			f.Next = "remove both files; new ones are made at the next start"
		}
		return []Finding{f}
	}
	until := leaf.NotAfter.Format(time.DateOnly)
	f.Text = "made here, so browsers warn once; good until " + until + " and renewed by itself"
	if own {
		f.Text = fmt.Sprintf("%s, good until %s", cert, until)
	}
	switch {
	case now.Before(leaf.NotBefore):
		f.Text, f.Bad, f.Next = f.Text+"; it is not valid before "+leaf.NotBefore.Format(time.DateTime), true, "look whether the clock of this computer is right"
	case own && now.After(leaf.NotAfter):
		f.Text, f.Bad, f.Next = cert+" ended on "+until, true, "renew it, then send Portico a HUP signal or start it again"
	case own && leaf.NotAfter.Sub(now) < 14*24*time.Hour:
		f.Note, f.Next = true, "renew it soon"
	}
	return []Finding{f}
}

// fewFiles is how many open files are too few for a day with many visitors.
const fewFiles = 4096

// system looks at what else of this computer makes trouble: the clock, limits, FUSE.
func system() []Finding {
	now := time.Now()
	clock := Finding{About: "clock", Text: now.Format("2006-01-02 15:04:05 -0700")}
	kept, known := machine.ClockKept()
	switch {
	case now.Year() < 2025:
		clock.Text, clock.Bad, clock.Next = clock.Text+" cannot be right", true, "set it (timedatectl set-ntp true): links, sign-ins and certificates end at the wrong time"
	case known && kept:
		clock.Text += ", kept right by a time server"
	case known:
		clock.Text, clock.Note, clock.Next = clock.Text+"; nothing on this computer says that a time server keeps it right", true, "look whether it is right; if not: timedatectl set-ntp true"
	}
	out := []Finding{clock}
	if most := machine.OpenFiles(); most > 0 {
		f := Finding{About: "open files", Text: fmt.Sprintf("at most %d", most)}
		if most < fewFiles {
			f.Text, f.Note, f.Next = f.Text+": few visitors at a time", true, "raise it: ulimit -n, or LimitNOFILE= of the service"
		}
		out = append(out, f)
	}
	if text, known := machine.Fuse(); known {
		out = append(out, Finding{About: "FUSE", Text: text + "; serving does not need it"})
	}
	return out
}
