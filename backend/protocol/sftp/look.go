package sftp

import (
	"io"
	"strings"
	"time"

	"portico/backend/vfs"
)

// mostNames is how many bytes of names one answer holds: what every client takes.
const mostNames = 32 << 10

func (t *talk) stat(p *packet) error {
	name := t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	e, err := t.look(name)
	if err != nil {
		return t.status(p.id, err)
	}
	return t.attrs(p.id, &e)
}

func (t *talk) fstat(p *packet) error {
	h, _ := t.files.find(p)
	if h == nil {
		return t.status(p.id, errHandle)
	}
	var e vfs.Entry
	var err error
	switch {
	case h.writer != nil:
		e = h.entry()
	case h.file != nil:
		e = h.file.Entry()
	default:
		e, err = t.look(h.name)
	}
	if err != nil {
		return t.status(p.id, err)
	}
	return t.attrs(p.id, &e)
}

func (t *talk) opendir(p *packet) error {
	name := t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	list, err := t.s.List(name)
	if err != nil {
		return t.status(p.id, err)
	}
	return t.give(p.id, &handle{name: name, folder: true, list: list})
}

// readdir answers with as many names as fit.
func (t *talk) readdir(p *packet) error {
	h, _ := t.files.find(p)
	switch {
	case h == nil:
		return t.status(p.id, errHandle)
	case !h.folder:
		return t.status(p.id, errFile)
	case h.next == len(h.list):
		return t.status(p.id, io.EOF)
	}
	r := newReply(make([]byte, 0, min(mostNames+1<<10, 128*(1+len(h.list)-h.next))), typeName, p.id)
	r.uint32(0)
	count, at := uint32(0), time.Now()
	for ; h.next < len(h.list) && len(r.b) < mostNames; h.next++ {
		e := &h.list[h.next]
		r.text(e.Name)
		r.text(long(e, at))
		r.attrs(e)
		count++
	}
	copy(r.b[9:13], number(count))
	return t.send(r)
}

// realpath answers with the whole name, whether anything is there or not.
func (t *talk) realpath(p *packet) error {
	name := t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	return t.clean(p.id, name)
}

func (t *talk) clean(id uint32, name string) error {
	name, err := vfs.Clean(name)
	if err != nil {
		return t.status(id, err)
	}
	return t.named(id, name)
}

// home is "~" and what lies below it; nobody is told of somebody else's.
func (t *talk) home(p *packet) error {
	name := p.text()
	switch {
	case p.bad:
		return t.status(p.id, errBad)
	case name == "~", strings.HasPrefix(name, "~/"):
		name = t.start + name[1:]
	default:
		name = t.from(name)
	}
	return t.clean(p.id, name)
}

// readlink: links are shown as what they lead to, so there is nothing to read in them.
func (t *talk) readlink(p *packet) error {
	return t.status(p.id, refusal{statusUnsupported, "Links are shown as what they lead to; where that is, is not told."})
}
