package tftp

import (
	"bufio"
	"io"
	"strings"
	"time"

	"portico/backend/vfs"
)

// download sends a file.
func (d *Door) download(s *socket, most int, r request) error {
	session, err := d.session(s)
	if err != nil {
		return err
	}
	defer session.Close()
	f, err := session.Open(treeName(r.name))
	if err != nil {
		return err
	}
	defer f.Close()
	size := f.Entry().Size
	if r.ascii {
		size = -1 // it becomes longer on the way
	}
	t := agree(r, most, size)
	s.agree(t)
	w := newSender(s, t)
	if err := w.options(t.agreed); err != nil {
		return err
	}
	if err := send(f, w, r.ascii); err != nil {
		return err
	}
	return w.Close()
}

func send(f *vfs.File, w *sender, ascii bool) error {
	if !ascii {
		_, err := f.SendTo(w, 0, -1)
		return err
	}
	_, err := f.SendTo(struct {
		*toASCII
		wakes
	}{&toASCII{w: w}, w}, 0, -1)
	return err
}

// upload receives a file. Its last block is acknowledged when the file is there.
func (d *Door) upload(at *transfer, s *socket, most int, r request) error {
	if d.o.Write == Nothing {
		return errNoWrites
	}
	session, err := d.session(s)
	if err != nil {
		return err
	}
	defer session.Close()
	t := agree(r, most, -1)
	o := vfs.CreateOptions{Size: t.size, OnExist: vfs.Refuse, Parents: true}
	if d.o.Write == Replace {
		o.OnExist = vfs.Replace
	}
	w, err := session.Create(treeName(r.name), o)
	if err != nil {
		return err
	}
	// After Commit there is nothing left to abort.
	defer w.Abort()
	s.agree(t)
	in := newReceiver(s, t)
	if err := in.begin(); err != nil {
		return err
	}
	if err := receive(w, in, r.ascii); err != nil {
		return err
	}
	if _, err := w.Commit(); err != nil {
		return err
	}
	session.Close()
	if d.crowd.finish(at) {
		in.Done()
	} else {
		_ = in.tell()
	}
	return nil
}

func receive(w *vfs.Writer, in *receiver, ascii bool) error {
	if !ascii {
		_, err := w.ReadFrom(in)
		return err
	}
	_, err := w.ReadFrom(struct {
		fromASCII
		naps
	}{fromASCII{bufio.NewReader(in)}, in})
	return err
}

// What lets the core wake whoever waits for a client, also where text is translated in between.
type (
	wakes interface{ SetWriteDeadline(time.Time) error }
	naps  interface{ SetReadDeadline(time.Time) error }
)

// session begins the session of whoever is at the other end; it lasts as long as the transfer.
func (d *Door) session(s *socket) (*vfs.Session, error) {
	from := s.peer.Addr()
	id, err := d.who(d.life, from)
	if err != nil {
		return nil, err
	}
	session, _ := d.o.Entry.Session(d.life, id, client(from))
	return session, nil
}

// treeName is the name as the tree has it: the first slash may be left out, and devices that know
// drives write back-slashes.
func treeName(name string) string {
	return "/" + strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/")
}

var (
	_ io.Writer = (*sender)(nil)
	_ io.Reader = (*receiver)(nil)
)
