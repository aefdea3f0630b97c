package account

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
// nobody can have a name that differs from another one only in case, or in how accents are composed.
func cleanName(name string) (shown, folded string, err error) {
	shown = norm.NFC.String(strings.TrimSpace(name))
	n := utf8.RuneCountInString(shown)
	if !utf8.ValidString(shown) || n == 0 || n > 64 {
		return "", "", fmt.Errorf("%w: it needs 1 to 64 characters", ErrName)
	}
	for _, r := range shown {
		if !unicode.IsPrint(r) || unseen(r) || strings.ContainsRune(`/\:,"`, r) {
			return "", "", fmt.Errorf(`%w: control characters, invisible ones and / \ : , " are not allowed`, ErrName)
		}
	}
	if first, _ := utf8.DecodeRuneInString(shown); unicode.IsMark(first) {
		return "", "", fmt.Errorf("%w: it begins with a mark that belongs on a letter", ErrName)
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

func fold(name string) string {
	return norm.NFC.String(strings.Map(foldRune, norm.NFC.String(strings.TrimSpace(name))))
}

// spelled is a password as it is compared: keyboards compose accents differently (RFC 8265, 4.2).
func spelled(password string) string { return norm.NFC.String(password) }

// foldAll folds names of groups: rights are found by them.
func foldAll(names []string) []string {
	if names == nil {
		return nil
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = fold(name)
	}
	return out
}

// foldRune is one for all letters that differ only in case: also σ and ς, or K and the Kelvin sign.
func foldRune(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// unseen reports whether a character takes no room, or looks like a space: two names that differ only
// in such ones look alike.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == '\u2800'
}

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
