package account

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the verbs on accounts answer.
var (
	ErrName   = errors.New("this name cannot be used")
	ErrTaken  = errors.New("this is in use already")
	ErrGone   = errors.New("there is no such account, token or key")
	ErrSecret = errors.New("this secret cannot be used")
	ErrGiven  = errors.New("this account was given on the command line or in the configuration: change it there")
)

const maxSecret = 1024 // bytes

// reserved names mean something else in grants and on the command line.
var reserved = []string{"*", ".", "..", "guest", "owner", "everyone", "this computer"}

// cleanName checks a name of an account, a device or a group. folded is how names are compared:
// nobody can have a name that differs from another one only in case.
func cleanName(name string) (shown, folded string, err error) {
	shown = strings.TrimSpace(name)
	n := utf8.RuneCountInString(shown)
	if !utf8.ValidString(shown) || n == 0 || n > 64 {
		return "", "", fmt.Errorf("%w: it needs 1 to 64 characters", ErrName)
	}
	for _, r := range shown {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/\:,"`, r) {
			return "", "", fmt.Errorf(`%w: control characters and / \ : , " are not allowed`, ErrName)
		}
	}
	folded = fold(shown)
	if strings.HasPrefix(shown, "@") || strings.HasPrefix(shown, "-") {
		return "", "", fmt.Errorf("%w: it may not begin with @ or -", ErrName)
	}
	for _, word := range reserved {
		if folded == word {
			return "", "", fmt.Errorf("%w: %q means something else", ErrName, word)
		}
	}
	return shown, folded, nil
}

// Fold is how names of accounts, devices and groups are compared: two that fold alike are one.
func Fold(name string) string { return fold(name) }

func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func checkSecret(secret string) error {
	if secret == "" || len(secret) > maxSecret || strings.ContainsRune(secret, 0) {
		return fmt.Errorf("%w: it needs 1 to %d characters", ErrSecret, maxSecret)
	}
	return nil
}

// longEnough refuses a new password that is shorter than Options.LeastPassword.
func (a *Accounts) longEnough(password string) error {
	if err := checkSecret(password); err != nil {
		return err
	}
	if least := a.o.LeastPassword(); utf8.RuneCountInString(password) < least {
		return fmt.Errorf("%w: a password needs at least %d characters", ErrSecret, least)
	}
	return nil
}

// Weak returns why a password is easily guessed, in words that go after the account's name, or "".
// A weak password is taken, with that warning.
func Weak(name, secret string) string {
	folded := fold(secret)
	switch {
	case folded == fold(name):
		return "has its own name as password"
	case utf8.RuneCountInString(secret) < 8:
		return "has a password of fewer than 8 characters"
	case strings.Count(folded, folded[:1]) == len(folded):
		return "has a password of one repeated character"
	}
	for _, common := range []string{"password", "passw0rd", "12345678", "123456789", "1234567890", "qwertyuiop", "qwerty123", "letmein123", "iloveyou", "changeme", "password1", "portico1", "sunshine", "princess", "football", "11223344", "87654321"} {
		if folded == common {
			return "has one of the most common passwords"
		}
	}
	return ""
}
