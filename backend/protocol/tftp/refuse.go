package tftp

import (
	"errors"
	"io/fs"
	"strings"
	"unicode/utf8"

	"portico/backend/account"
	"portico/backend/problem"
	"portico/backend/vfs"
)

// errNoWrites refuses uploads where the settings do.
var errNoWrites = errors.New("nothing is taken over TFTP here")

// codes is the one table from errors to the protocol's. What is not in it is code 0, whose text says
// all. It is never changed.
var codes = [...]struct {
	is error
	to code
}{
	{fs.ErrNotExist, notFound},
	{vfs.ErrKind, notFound},
	{fs.ErrExist, exists},
	{vfs.ErrPrecondition, exists},
	{vfs.ErrQuota, full},
	{vfs.ErrNoSpace, full},
	{vfs.ErrTooLarge, full},
	{fs.ErrPermission, denied},
	{vfs.ErrReadOnly, denied},
	{vfs.ErrName, denied},
	{vfs.ErrClosed, denied},
	{vfs.ErrLocked, denied},
	{account.ErrWrong, denied},
	{account.ErrDisabled, denied},
	{account.ErrGone, denied},
	{errNoWrites, denied},
}

// known reports whether an error is one of the house, of which its own log need not tell.
func known(err error) bool {
	return errors.Is(err, errEnded) || problem.From(err).Code != problem.Broken().Code
}

// refusal is what a client is told: a code, and words for whoever reads its screen.
func refusal(err error) (code, string) {
	to := undefined
	for _, row := range codes {
		if errors.Is(err, row.is) {
			to = row.to
			break
		}
	}
	text := problem.From(err).Detail
	switch {
	case errors.Is(err, errNoWrites):
		text = "Nothing is taken over TFTP here. Whoever runs this server can allow it: [tftp] write."
	case errors.Is(err, errEnded):
		text = "The transfer was ended here. Nothing was changed."
	case errors.Is(err, account.ErrWrong):
		text = "Nothing here is open to whoever comes over TFTP from your address. Ask whoever runs this server."
	case errors.Is(err, account.ErrGone):
		text = "The account that your address stands for does not exist. Ask whoever runs this server: [tftp] devices."
	}
	return to, plain(text)
}

// plain makes a text that small screens can show and one packet holds.
func plain(text string) string {
	text = strings.NewReplacer("“", `"`, "”", `"`).Replace(text)
	if most := 480; len(text) > most {
		for !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most]
	}
	return strings.TrimSpace(text)
}
