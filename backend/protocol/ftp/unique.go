package ftp

import (
	"crypto/rand"
	"path"
	"strings"
	"time"
)

// unique is a name for STOU: the one that is suggested, as far as it is free, else one like it.
func (c *client) unique(arg string) string {
	name := c.below("upload-" + stamp(time.Now()))
	if strings.TrimSpace(arg) != "" {
		name = c.place(arg)
		if _, err := c.session.Stat(name); err != nil {
			return name // free, or refused a moment later
		}
	}
	end := path.Ext(name)
	return strings.TrimSuffix(name, end) + "-" + rand.Text()[:6] + end
}
