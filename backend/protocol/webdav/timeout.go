package webdav

import (
	"strconv"
	"strings"
	"time"
)

// timeoutOf reads a Timeout field (RFC 4918, 10.7): the first wish that can be read. 0 is as long as
// there is.
func timeoutOf(value string) time.Duration {
	for wish := range strings.SplitSeq(value, ",") {
		wish = strings.TrimSpace(wish)
		if strings.EqualFold(wish, "Infinite") {
			return 0
		}
		const unit = "Second-"
		if len(wish) <= len(unit) || !strings.EqualFold(wish[:len(unit)], unit) {
			continue
		}
		if n, err := strconv.ParseUint(wish[len(unit):], 10, 32); err == nil && n > 0 {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}
