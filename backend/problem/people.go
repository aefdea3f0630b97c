package problem

import (
	"errors"
	"net/http"

	"portico/backend/account"
	"portico/backend/share"
)

// peopleRows is the table for accounts and shares; told means that the error's own text is meant for
// people and says more than the sentence here.
func peopleRows() []struct {
	row
	told bool
} {
	type line = struct {
		row
		told bool
	}
	return []line{
		{row{account.ErrWrong, 401, "ACC-WRONG-01", "Not signed in", "The name or the password is wrong.", "Check both and try again.", 0}, false},
		{row{account.ErrDisabled, 403, "ACC-OFF-01", "Switched off", "This account is switched off.", "Ask whoever runs this server.", 0}, false},
		{row{account.ErrGone, 404, "ACC-NONE-01", "There is no such account", "The account, token or key does not exist any more.", "Look at the list again.", 0}, false},
		{row{account.ErrTaken, 409, "ACC-NAME-01", "The name is taken", "Somebody else has that name already.", "Choose another one.", 0}, false},
		{row{account.ErrName, 422, "ACC-NAME-02", "The name cannot be used", "That name cannot be used.", "Choose another one.", 0}, true},
		{row{account.ErrSecret, 422, "ACC-WEAK-01", "The password cannot be used", "That password cannot be used.", "Choose a longer one.", 0}, true},
		{row{account.ErrGiven, 409, "ACC-GIVEN-01", "It is set elsewhere", "This account was given on the command line or in the configuration.", "Change it there.", 0}, false},

		{row{share.ErrNone, 404, "LINK-NONE-01", "There is no such share", "This link leads nowhere. It may have ended.", "Ask whoever sent it for a new one.", 0}, false},
		{row{share.ErrPassword, 401, "LINK-PASS-01", "A password is needed", "This share needs its password.", "Type the password that came with the link.", 0}, false},
		{row{share.ErrRights, 403, "LINK-RIGHT-01", "Not yours to share", "Nobody can share more than they may do themselves.", "Choose less, or ask whoever runs this server.", 0}, false},
		{row{share.ErrKey, 422, "LINK-KEY-01", "The key cannot be used", "That key is too short, too easily guessed, or has other characters than letters and digits.", "Choose another one, or leave it out.", 0}, false},
		{row{share.ErrTaken, 409, "LINK-KEY-02", "The key is taken", "Another share has that key already.", "Choose another one, or leave it out.", 0}, false},
		{row{share.ErrNetwork, 422, "LINK-NET-01", "Not a local network", "A share for local networks cannot name other ones.", "Make the share public, or leave that network out.", 0}, false},
	}
}

// fromPeople translates what account and share say; nil when err is none of theirs.
func fromPeople(err error) *Problem {
	var many account.ErrTooMany
	if errors.As(err, &many) {
		return &Problem{Status: http.StatusTooManyRequests, Code: "ACC-MANY-01", Title: "Too many attempts",
			Detail: "Too many wrong passwords or links came from here.", Did: "Nothing was checked this time.",
			Next: "Wait a moment, then try again.", Retry: max(1, Seconds(many.RetryAfter))}
	}
	var asked *share.Asked
	if errors.As(err, &asked) {
		return fromAsked(asked)
	}
	for _, r := range peopleRows() {
		if errors.Is(err, r.is) {
			p := &Problem{Status: r.status, Code: r.code, Title: r.title, Detail: r.detail, Did: "Nothing was changed.", Next: r.next}
			if r.told {
				p.Detail = stop(sentence(err.Error(), "%"))
			}
			return p
		}
	}
	return nil
}

// fromAsked says how it stands with a device that is not let in yet.
func fromAsked(a *share.Asked) *Problem {
	p := &Problem{Status: http.StatusForbidden, Did: "Nothing was shown."}
	switch a.Answer {
	case share.Waiting:
		p.Code, p.Title, p.Retry = "LINK-ASK-01", "Waiting to be let in", 2
		p.Detail, p.Next = "Whoever shares this was asked whether this device may come in.", "Try again when they have said yes."
	case share.Nobody:
		p.Code, p.Title = "LINK-ASK-04", "Nobody answered"
		p.Detail, p.Next = "Whoever shares this was asked whether this device may come in, and nobody answered.", "Ask again when somebody is there."
	case share.Crowded:
		p.Status, p.Code, p.Title, p.Retry = http.StatusTooManyRequests, "LINK-ASK-05", "Too many are waiting", max(1, Seconds(a.Left))
		p.Detail, p.Next = "Too many devices wait to be let in, or this one asked too often.", "Wait a moment, then try again."
	default:
		p.Code, p.Title = "LINK-ASK-03", "Not let in"
		p.Detail, p.Next = "Whoever shares this did not let this device in.", "Ask whoever sent you the link."
	}
	return p
}
