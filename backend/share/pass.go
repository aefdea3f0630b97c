package share

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"portico/backend/store"
)

const (
	passLife    = 7 * 24 * time.Hour // a visit
	passCounted = 24 * time.Hour     // a visit to a share whose uses are counted
	passLength  = 8 + 16
)

// newPass returns what a visitor shows from now on who was counted and, if need be, knew the password.
// It is of one share with one key and one password: when either changes, it is worth nothing; and of the
// device that was let in, where one had to be. "" when the installation's key cannot be read, which costs a
// use and no more.
func (s *Shares) newPass(ctx context.Context, row *store.Share, device string) string {
	life := passLife
	if row.MaxUses > 0 {
		life = passCounted
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(s.now().Add(life).Unix()))
	sum, err := s.sealPass(ctx, row, append(b, device...))
	if err != nil {
		s.log.Warn("a visitor got no pass", "error", err)
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(b, sum...))
}

// goodPass reports whether newPass returned text for this share, as it is now; admitted: for the device
// that shows this secret, which was let in.
func (s *Shares) goodPass(ctx context.Context, text string, row *store.Share, secret string) (good, admitted bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(passLength) {
		return false, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != passLength {
		return false, false
	}
	left := time.Unix(int64(binary.BigEndian.Uint64(b)), 0).Sub(s.now())
	if left <= 0 || left > passLife+time.Second {
		return false, false
	}
	for _, device := range s.devices(ctx, row, secret) {
		sum, err := s.sealPass(ctx, row, append(b[:8:8], device...))
		if err == nil && hmac.Equal(sum, b[8:]) {
			return true, device != ""
		}
	}
	return false, false
}

// devices are those of which a pass can be that comes with a secret: none, and the one that has it.
func (s *Shares) devices(ctx context.Context, row *store.Share, secret string) []string {
	if isDevice(secret) {
		if device, err := s.sealDevice(ctx, row, secret); err == nil {
			return []string{"", device}
		}
	}
	return []string{""}
}

func (s *Shares) sealPass(ctx context.Context, row *store.Share, payload []byte) ([]byte, error) {
	key, err := s.passKey(ctx)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, key)
	for _, part := range []string{row.ID, row.Key, row.Password, string(payload)} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)[:16], nil
}

// passKey is read once.
func (s *Shares) passKey(ctx context.Context) ([]byte, error) {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	if s.key == nil {
		key, err := s.o.Accounts.Key(ctx, "share passes")
		if err != nil {
			return nil, err
		}
		s.key = key
	}
	return s.key, nil
}
