package share

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"

	"portico/backend/store"
)

// admission is an answer that let a device in: the device, and where the answer is kept. Zero: nobody was
// asked.
type admission struct{ device, scope, key string }

// String is how an access.Identity carries an admission, behind the terms (By).
func (a admission) String() string {
	if a.device == "" {
		return ""
	}
	return "\n" + a.scope + "\n" + a.device + "\n" + a.key
}

// admissionOf is what String wrote.
func admissionOf(by string) admission {
	if p := strings.Split(by, "\n"); len(p) == 4 {
		return admission{scope: p[1], device: p[2], key: p[3]}
	}
	return admission{}
}

// terms are what a share asks of whoever comes, as a digest: whose session began with others has to come
// anew.
func (s *Shares) terms(ctx context.Context, row *store.Share) (string, error) {
	text := "terms " + strconv.FormatBool(row.Public) + " " + strings.Join(row.Networks, " ")
	sum, err := s.sealPass(ctx, row, []byte(text))
	return hex.EncodeToString(sum), err
}
