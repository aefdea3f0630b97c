package sftp

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"strings"

	"portico/backend/vfs"
)

// How a file is opened (section 6.3 of the draft).
const (
	openRead   = 1 << 0
	openWrite  = 1 << 1
	openAppend = 1 << 2
	openCreate = 1 << 3
	openTrunc  = 1 << 4
	openExcl   = 1 << 5
)

func (t *talk) open(p *packet) error {
	name, flags := t.at(p), p.uint32()
	a := p.attrs()
	if p.bad {
		return t.status(p.id, errBad)
	}
	h := &handle{name: name}
	var err error
	if flags&(openWrite|openAppend) == 0 && (flags&openRead != 0 || flags&(openCreate|openTrunc) == 0) {
		err = t.openReader(h)
	} else {
		err = t.openWriter(h, flags, a)
	}
	if err != nil {
		return t.status(p.id, err)
	}
	return t.give(p.id, h)
}

// openReader opens what is there: what is being written here, or the file that is whole.
func (t *talk) openReader(h *handle) (err error) {
	if h.of = t.own(h.name); h.of != nil {
		return nil
	}
	h.file, err = t.s.Open(h.name)
	if errors.Is(err, vfs.ErrKind) {
		err = errFolder
	}
	return err
}

// openWriter begins a write. Without TRUNC it begins from what is there, or goes on with what the same
// person sent before and was cut.
func (t *talk) openWriter(h *handle, flags uint32, a attrs) (err error) {
	o := vfs.CreateOptions{Size: -1}
	h.reads, h.append = flags&openRead != 0, flags&openAppend != 0
	switch {
	case flags&openTrunc != 0:
		o.OnExist = vfs.ReplaceOrKeepBoth // who may only add loses nothing
	case h.append:
		o.Base = vfs.Append
	default:
		o.Base = vfs.Existing
	}
	if a.has&hasTimes != 0 {
		o.ModTime = a.mtime
	}
	exclusive := flags&openCreate != 0 && flags&openExcl != 0
	switch {
	case exclusive:
		o.IfNone, o.OnExist = true, vfs.Refuse
	case flags&openCreate == 0:
		o.IfMatch = "*" // it must be there
	}
	if h.clean, err = vfs.Clean(h.name); err != nil {
		return err
	}
	// A change of what is there is made anew when it was cut: nothing of it waits.
	h.keep = t.keep && (exclusive || o.Base == vfs.Empty)
	o.Resume = h.keep
	if h.writer, err = t.goOn(h.name, o); h.writer != nil || err != nil {
		h.keep = true
		return err
	}
	h.writer, err = t.s.Create(h.name, o)
	if o.Resume && errors.Is(err, vfs.ErrTooMany) { // too much waits already: this one will not
		h.keep, o.Resume = false, false
		h.writer, err = t.s.Create(h.name, o)
	}
	switch {
	case exclusive && errors.Is(err, vfs.ErrPrecondition):
		return fs.ErrExist
	case errors.Is(err, vfs.ErrPrecondition):
		return fs.ErrNotExist
	case errors.Is(err, vfs.ErrKind):
		return errFolder
	}
	return err
}

// give answers with the handle of what was opened.
func (t *talk) give(id uint32, h *handle) error {
	n, err := t.files.add(h)
	if err != nil {
		h.leave()
		return t.status(id, err)
	}
	t.busy(1)
	r := newReply(t.out[:], typeHandle, id)
	r.uint32(4)
	r.uint32(n)
	return t.send(r)
}

// close finishes what a handle stands for. Of a write it is the moment in which the file appears.
func (t *talk) close(p *packet) error {
	h, n := t.files.find(p)
	if h == nil {
		return t.status(p.id, errHandle)
	}
	t.files.drop(n)
	defer t.busy(-1)
	return t.status(p.id, h.finish())
}

func (h *handle) finish() error {
	h.closed = true
	switch {
	case h.file != nil:
		return h.file.Close()
	case h.writer == nil:
		return nil
	case h.spoilt:
		return errors.Join(errGoneOff, h.writer.Abort())
	}
	r, err := h.writer.Commit()
	if err != nil {
		// What could not be kept is not kept; the first error is the one to tell.
		_ = h.writer.Abort()
		return err
	}
	if !strings.HasSuffix(h.clean, "/"+r.Name) {
		return refusal{statusOK, "The name was taken, so it was kept as " + r.Name + "."}
	}
	return nil
}

// read answers with a piece of a file, straight from the file into the packet.
func (t *talk) read(p *packet) error {
	h, _ := t.files.find(p)
	off, n := p.offset(), int(min(p.uint32(), mostData))
	switch {
	case p.bad:
		return t.status(p.id, errBad)
	case h == nil:
		return t.status(p.id, errHandle)
	}
	const head = 13
	lent := t.large.get()
	defer t.large.put(lent)
	got, err := t.readAt(h, (*lent)[head:head+n], off)
	if got == 0 && n > 0 {
		if err == nil {
			err = io.EOF
		}
		return t.status(p.id, err)
	}
	r := newReply(*lent, typeData, p.id)
	r.uint32(uint32(got))
	r.b = (*lent)[:head+got]
	return t.send(r)
}

func (t *talk) readAt(h *handle, b []byte, off int64) (int, error) {
	switch {
	case h.of != nil && !h.of.closed:
		return h.of.writer.ReadAt(b, off)
	case h.of != nil: // it is whole by now
		h.of = nil
		if err := t.openReader(h); err != nil {
			return 0, err
		}
		return t.readAt(h, b, off)
	case h.file != nil:
		return h.file.ReadAt(b, off)
	case h.writer == nil:
		return 0, errFolder
	case !h.reads:
		return 0, fs.ErrPermission
	case h.append: // what was there before is not in the writer
		f, err := t.s.Open(h.name)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		return f.ReadAt(b, off)
	}
	return h.writer.ReadAt(b, off)
}

// write takes a piece of a file, straight from the packet.
func (t *talk) write(p *packet) error {
	h, _ := t.files.find(p)
	off, data := p.offset(), p.bytes()
	switch {
	case p.bad:
		return t.status(p.id, errBad)
	case h == nil:
		return t.status(p.id, errHandle)
	case h.writer == nil:
		return t.status(p.id, fs.ErrPermission)
	case h.spoilt:
		return t.status(p.id, errGoneOff)
	}
	return t.status(p.id, h.write(data, off))
}

func (h *handle) write(data []byte, off int64) (err error) {
	h.came = true
	if h.append {
		_, err = h.writer.Write(data)
	} else {
		_, err = h.writer.WriteAt(data, off)
	}
	h.spoilt = err != nil
	return err
}

// copied moves a piece between two open files without sending it around (copy-data of
// draft-ietf-secsh-filexfer-extensions-00). A length of 0 is up to the end.
func (t *talk) copied(p *packet) error {
	from, _ := t.files.find(p)
	at, n := p.offset(), p.offset()
	to, _ := t.files.find(p)
	put := p.offset()
	switch {
	case p.bad, at < 0, n < 0, put < 0, at+n < 0:
		return t.status(p.id, errBad)
	case from == nil, to == nil:
		return t.status(p.id, errHandle)
	case to.writer == nil, from == to, from.of == to: // what is read would grow by what is written
		return t.status(p.id, fs.ErrPermission)
	}
	lent := t.large.get()
	defer t.large.put(lent)
	for end := at + n; n == 0 || at < end; {
		b := (*lent)[:mostData]
		if n != 0 {
			b = b[:min(int64(len(b)), end-at)]
		}
		got, err := t.readAt(from, b, at)
		if got > 0 {
			if werr := to.write(b[:got], put); werr != nil {
				return t.status(p.id, werr)
			}
		}
		at, put = at+int64(got), put+int64(got)
		if err == io.EOF || err == nil && got == 0 {
			break
		}
		if err != nil {
			return t.status(p.id, err)
		}
	}
	return t.status(p.id, nil)
}

// number is a handle as it is sent.
func number(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
