package account

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Kind of a credential.
type Kind uint8

const (
	Password     Kind = iota // a name and a password; a token in place of the password is taken too
	PasswordOnly             // a password without a name: for accounts that allow it, and tokens
	Session                  // the secret of a session (a cookie)
	Token                    // a token (Bearer)
	Key                      // a name and an SSH public key; Secret is the key as SSH sends it
)

// Credential is what somebody shows. Nothing of it is trusted.
type Credential struct {
	Kind   Kind
	Name   string
	Secret string
	Remote string // address without port; "" for this computer's own window and command line
	Door   string // as in vfs.Origin
	Client string // what the client calls itself
	Secure bool   // it came over TLS or SSH
}

// What Authenticate answers when it does not know who it is. ErrTooMany is a type: ask with errors.As.
var (
	// ErrWrong is the same for an unknown name, a wrong secret and an expired one.
	ErrWrong = errors.New("wrong name or secret")
	// ErrDisabled is only answered to whoever showed the right secret.
	ErrDisabled = errors.New("this account is disabled")
)

// ErrTooMany says that too many wrong secrets came, or that too many people sign in at this moment:
// nothing was judged. Try again after RetryAfter.
type ErrTooMany struct{ RetryAfter time.Duration }

func (e ErrTooMany) Error() string {
	s := max(1, int((e.RetryAfter+time.Second-1)/time.Second))
	return "too many attempts: try again in " + strconv.Itoa(s) + " s"
}

// Net is where somebody is, for counting: an IPv4 address, or an IPv6 /64. The zero value is this
// computer's own window, or an address that could not be read.
type Net struct{ p netip.Prefix }

func (n Net) String() string { return n.p.String() }

// Network reads an address without port.
func Network(remote string) Net {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		return Net{}
	}
	return NetworkOf(addr)
}

// NetworkOf is Network for an address that was read already.
func NetworkOf(addr netip.Addr) Net {
	addr = addr.Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return Net{}
	}
	return Net{p}
}

// Printable cuts text from outside to at most max characters and drops what does not print, so that
// a log line stays one line and reads in one direction.
func Printable(text string, max int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == max {
			b.WriteRune('…')
			break
		}
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
