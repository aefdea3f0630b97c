package tftp

import (
	"errors"
	"io/fs"
	"net/netip"

	"portico/backend/account"
	"portico/backend/listen"
)

// unanswered is for who asks from a network that nobody answers.
func unanswered() listen.Reason {
	return listen.Reason{Code: "DOOR-FROM-01", Text: "its network is none of those that are answered. Settings, TFTP, networks"}
}

// crowded is for one transfer too many.
func crowded() listen.Reason {
	return listen.Reason{Code: "DOOR-CROWD-03", Text: "too many transfers are under way, from there or in all"}
}

// tell tells of requests that a person can do something about, or should know of. That a file does not
// exist is neither: devices ask for many that do not.
func (d *Door) tell(from netip.Addr, r request, err error) {
	why := listen.Reason{Code: "DOOR-READ-01", Text: "it asked for a file that it may not read"}
	switch {
	case errors.Is(err, account.ErrWrong):
		why = listen.Reason{Code: "DOOR-GUEST-01", Text: "nothing is open to guests, and no account is named for that address. Settings, TFTP, devices"}
	case errors.Is(err, account.ErrGone), errors.Is(err, account.ErrDisabled):
		why = listen.Reason{Code: "DOOR-GUEST-02", Text: "the account that is named for that address does not exist or is switched off. Settings, TFTP, devices"}
	case errors.Is(err, errNoWrites):
		why = listen.Reason{Code: "DOOR-WRITE-01", Text: "it wanted to send a file, and none is taken over TFTP. Settings, TFTP, write"}
	case errors.Is(err, fs.ErrExist):
		why = listen.Reason{Code: "DOOR-WRITE-02", Text: "it wanted to send a file of a name that is taken, which TFTP does not overwrite here. Settings, TFTP, write"}
	case !errors.Is(err, fs.ErrPermission):
		return
	case r.write:
		why = listen.Reason{Code: "DOOR-WRITE-03", Text: "it wanted to send a file to where it may not"}
	}
	d.o.Listen.TurnAway(from, why)
}
