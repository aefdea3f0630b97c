package webdav

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// live is a property of WebDAV's own that is made of what is there.
type live struct {
	name string
	all  bool // allprop tells of it
	// put appends the value; false where the entry has none.
	put func(b []byte, v *view, e *vfs.Entry) ([]byte, bool)
}

// lives is the one table of them. It is never changed.
var lives = [...]live{
	{"resourcetype", true, putType},
	{"displayname", true, putName},
	{"getcontentlength", true, putLength},
	{"getcontenttype", true, putMedia},
	{"getetag", true, putTag},
	{"getlastmodified", true, putModified},
	{"creationdate", true, putCreated},
	{"supportedlock", true, putLockKinds},
	{"lockdiscovery", true, putLocks},
	{"quota-available-bytes", false, putFree},
	{"quota-used-bytes", false, putUsed},
}

// liveOf finds a property by its name, nil where it is not one of lives.
func liveOf(name xml.Name) *live {
	if name.Space != dav {
		return nil
	}
	for i := range lives {
		if lives[i].name == name.Local {
			return &lives[i]
		}
	}
	return nil
}

func putType(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	if e.IsFolder() {
		b = append(b, "<D:collection/>"...)
	}
	return b, true
}

func putName(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	return appendText(b, e.Name), e.Name != ""
}

func putLength(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	return strconv.AppendInt(b, e.Size, 10), e.Kind == vfs.KindFile
}

// putMedia tells the type by the name: nothing is opened for it.
func putMedia(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	if e.Kind != vfs.KindFile {
		return b, false
	}
	return appendText(b, wire.MediaOf(e.Name, unread).Type), true
}

// unread stands for content of which nothing is known.
func unread() []byte { return []byte{0} }

func putTag(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	tag := tagOf(e) // quotes are left as they are: not every client reads entities there
	return append(append(append(b, '"'), appendText(nil, strings.Trim(tag, `"`))...), '"'), tag != ""
}

func putModified(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	if e.ModTime.IsZero() {
		return b, false
	}
	return e.ModTime.UTC().AppendFormat(b, http.TimeFormat), true
}

// putCreated: no driver knows when something was made, and Finder wants to be told.
func putCreated(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	if e.ModTime.IsZero() {
		return b, false
	}
	return e.ModTime.UTC().AppendFormat(b, time.RFC3339), true
}

func putLockKinds(b []byte, _ *view, e *vfs.Entry) ([]byte, bool) {
	if !e.Rights.Has(access.Write) {
		return b, true
	}
	const kinds = "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>" +
		"<D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"
	return append(b, kinds...), true
}

func putLocks(b []byte, v *view, e *vfs.Entry) ([]byte, bool) {
	for _, l := range v.locks {
		if l.Path == e.Path || l.Subtree && access.Within(l.Path, e.Path) {
			b = appendLock(b, v.base, l)
		}
	}
	return b, true
}

// putFree and putUsed are RFC 4331: of folders, for whoever may know.
func putFree(b []byte, v *view, e *vfs.Entry) ([]byte, bool) {
	free, _, ok := v.room(e)
	return strconv.AppendInt(b, free, 10), ok
}

func putUsed(b []byte, v *view, e *vfs.Entry) ([]byte, bool) {
	free, total, ok := v.room(e)
	return strconv.AppendInt(b, max(0, total-free), 10), ok
}

// room tells how much room there is in a folder; strangers only where they may add.
func (v *view) room(e *vfs.Entry) (free, total int64, ok bool) {
	if !e.IsFolder() || vfs.Many(v.s.Identity().Kind) && !e.Rights.Has(access.Write) {
		return 0, 0, false
	}
	free, total, err := v.s.Usage(e.Path)
	return free, total, err == nil && total > 0
}
