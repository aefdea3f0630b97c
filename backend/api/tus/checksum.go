package tus

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"hash/crc32"
	"strings"
)

// algorithms that Upload-Checksum may name. SHA-1 is there because tus asks for it.
const algorithms = "sha256,sha1,crc32"

var errChecksum = errors.New("Upload-Checksum cannot be read")

// checksum is the digest that the sender announced for one PATCH.
type checksum struct {
	hash.Hash
	want string
}

// parseChecksum reads "algorithm base64". nil when the header is missing.
func parseChecksum(header string) (*checksum, error) {
	if header == "" {
		return nil, nil
	}
	name, value, _ := strings.Cut(header, " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	if err != nil {
		return nil, errChecksum
	}
	c := &checksum{want: string(raw)}
	switch name {
	case "sha256":
		c.Hash = sha256.New()
	case "sha1":
		c.Hash = sha1.New()
	case "crc32":
		c.Hash = crc32.NewIEEE()
	default:
		return nil, errChecksum
	}
	if len(raw) != c.Size() {
		return nil, errChecksum
	}
	return c, nil
}

// matches reports whether the bytes written so far are the announced ones.
func (c *checksum) matches() bool { return string(c.Sum(nil)) == c.want }
