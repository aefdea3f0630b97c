package share

import (
	"crypto/rand"
	"fmt"
	"strings"
)

const (
	shortKey = 8  // characters, 40 bits: for local networks only, with a budget for misses
	longKey  = 26 // characters, 130 bits: cannot be guessed
	// guessable is the length below which the budget counts, and a public share needs a password.
	// Only keys of somebody's own choice lie between it and the other two.
	guessable = 20
	maxKey    = 64
)

// alphabet leaves out what is read as something else: i and l as 1, o as 0; u keeps words short of
// being rude.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// newKey returns n random characters.
func newKey(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b)
}

// Fold returns a key as it is compared: case does not matter, and neither does whether a hand wrote
// O or 0, I, l or 1. "" for what cannot be a key.
func Fold(key string) string {
	if key == "" || len(key) > maxKey {
		return ""
	}
	var b strings.Builder
	for _, c := range []byte(key) {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return ""
		}
		switch c {
		case 'o':
			c = '0'
		case 'i', 'l':
			c = '1'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// ownKey checks a key of somebody's own choice.
func ownKey(key string, public, password bool) (string, error) {
	folded := Fold(key)
	switch {
	case len(folded) < 4:
		return "", fmt.Errorf("%w: 4 to %d letters, digits, - and _ are needed", ErrKey, maxKey)
	case public && !password && len(folded) < guessable:
		return "", fmt.Errorf("%w: a public share without a password needs %d characters", ErrKey, guessable)
	}
	return folded, nil
}
