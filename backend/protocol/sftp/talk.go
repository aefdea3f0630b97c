package sftp

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"portico/backend/vfs"
)

// talk is one conversation over the subsystem "sftp". Requests are answered one after the other, in the
// order in which they came, so that what a client does to one file happens as it was meant. Clients send
// many ahead; the connection reads and decrypts them meanwhile.
type talk struct {
	ch    io.ReadWriter
	log   *slog.Logger
	s     *vfs.Session
	start string // where names that do not begin at the top begin
	keep  bool   // what is cut waits for its writer
	large *pool
	files table
	busy  func(int) // told how many more files and folders are open
	asked func()    // told of every request
	small [512]byte // most packets fit; an idle conversation should cost little
	out   [512]byte
}

// converse answers until the client ends, says what cannot be, or has lost its rights.
func (t *talk) converse() error {
	defer func() {
		n := len(t.files.open)
		t.files.closeAll()
		t.busy(-n)
	}()
	for greeted := false; ; greeted = true {
		var lent *[]byte
		b, err := read(t.ch, t.small[:], func() []byte {
			lent = t.large.get()
			return *lent
		})
		if err == nil {
			t.asked()
			err = t.one(b, greeted)
		}
		if lent != nil {
			t.large.put(lent)
		}
		if err != nil {
			return ended(err)
		}
	}
}

// ended tells the end of a client from an error.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// one answers one packet.
func (t *talk) one(b []byte, greeted bool) error {
	p, err := parse(b)
	switch {
	case err != nil:
		return err
	case !greeted && p.kind != typeInit, greeted && p.kind == typeInit:
		return errPacket
	case p.kind == typeInit:
		return t.hello()
	}
	answer := verbs(p.kind)
	if answer == nil {
		return t.status(p.id, errUnknown)
	}
	return answer(t, &p)
}

// verbs is the one list of what can be asked. An answer returns an error only when the conversation is
// over.
func verbs(kind byte) func(*talk, *packet) error {
	switch kind {
	case typeOpen:
		return (*talk).open
	case typeClose:
		return (*talk).close
	case typeRead:
		return (*talk).read
	case typeWrite:
		return (*talk).write
	case typeStat, typeLstat:
		return (*talk).stat
	case typeFstat:
		return (*talk).fstat
	case typeSetstat:
		return (*talk).setstat
	case typeFsetstat:
		return (*talk).fsetstat
	case typeOpendir:
		return (*talk).opendir
	case typeReaddir:
		return (*talk).readdir
	case typeRemove:
		return (*talk).remove
	case typeMkdir:
		return (*talk).mkdir
	case typeRmdir:
		return (*talk).rmdir
	case typeRealpath:
		return (*talk).realpath
	case typeRename:
		return (*talk).rename
	case typeReadlink:
		return (*talk).readlink
	case typeSymlink:
		return (*talk).symlink
	case typeExtended:
		return (*talk).extended
	}
	return nil
}

// hello answers INIT with the version and what this server can besides.
func (t *talk) hello() error {
	r := newReply(t.out[:], typeVersion, 3)
	for _, e := range extensions() {
		if e.version != "" {
			r.text(e.name)
			r.text(e.version)
		}
	}
	return t.send(r)
}

func (t *talk) send(r reply) error {
	_, err := t.ch.Write(r.done())
	return err
}

// status answers with the success or failure of a request. A session that has ended is the end of the
// conversation: its client has to sign in again.
func (t *talk) status(id uint32, err error) error {
	code, text := status(t.log, err)
	r := newReply(t.out[:], typeStatus, id)
	r.uint32(code)
	r.text(text)
	r.text("en")
	if serr := t.send(r); serr != nil {
		return serr
	}
	select {
	case <-t.s.Done():
		return vfs.ErrClosed
	default:
		return nil
	}
}

// named answers with one name, as REALPATH does.
func (t *talk) named(id uint32, name string) error {
	r := newReply(t.out[:], typeName, id)
	r.uint32(1)
	r.text(name)
	r.text(name)
	r.uint32(0)
	return t.send(r)
}

func (t *talk) attrs(id uint32, e *vfs.Entry) error {
	r := newReply(t.out[:], typeAttrs, id)
	r.attrs(e)
	return t.send(r)
}

// at reads a name. What does not begin at the top begins where the client started.
func (t *talk) at(p *packet) string { return t.from(p.text()) }

func (t *talk) from(name string) string {
	if len(name) > 0 && name[0] == '/' {
		return name
	}
	return t.start + "/" + name
}
