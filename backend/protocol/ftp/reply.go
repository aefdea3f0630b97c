package ftp

import (
	"strconv"
	"strings"
	"time"
)

// replyTime is how long a client may take to take a reply.
const replyTime = 30 * time.Second

// reply answers with one code and one text; further lines of the text become further lines of the
// reply (RFC 959 4.2). A client that does not take it is gone.
func (c *client) reply(code int, text string) {
	number := strconv.Itoa(code)
	lines := strings.Split(text, "\n")
	var out strings.Builder
	for i, line := range lines {
		switch {
		case i == len(lines)-1:
			out.WriteString(number + " ")
		case i == 0:
			out.WriteString(number + "-")
		default:
			out.WriteString(" ")
		}
		out.WriteString(shown(line))
		out.WriteString("\r\n")
	}
	_ = c.conn.SetWriteDeadline(time.Now().Add(replyTime))
	if _, err := c.wire.Write(c.encode(out.String())); err != nil {
		c.over = true
	}
}

// shown keeps what somebody else chose, names above all, from ending the line or ringing bells.
func shown(s string) string {
	if !strings.ContainsFunc(s, control) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if control(r) {
			return '?'
		}
		return r
	}, s)
}

func control(r rune) bool { return r < ' ' || r == 0x7f }
