package tus

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"strconv"

	"portico/backend/vfs"
)

// create answers POST: a new upload, with its first bytes if they come along.
func (q *request) create() error {
	length, err := q.announced()
	if err != nil {
		return err
	}
	meta := q.r.Header.Get("Upload-Metadata")
	t, err := parseTarget(meta)
	if err != nil {
		return bad(http.StatusBadRequest, "TUS-META-01", err.Error()+".")
	}
	sum, err := q.firstPiece()
	if err != nil {
		return err
	}
	name, err := q.enter(t.path)
	if err != nil {
		return err
	}
	if t.early {
		if _, err := q.s.Stat(name); err == nil {
			return taken()
		}
	}
	writer, err := q.s.Create(name, vfs.CreateOptions{
		OnExist: t.exists, Parents: true, Size: length, ModTime: t.modified, SHA256: t.sha256, Resume: true,
	})
	if err != nil {
		return err
	}
	held, release := q.holds.take(q.r.Context(), writer.ID(), q.o.Yield, false)
	if held == nil {
		return errors.Join(errClosing(), writer.Abort())
	}
	defer release()
	u := &upload{request: q, Writer: writer, hold: held, note: note{Length: length, Meta: meta}, fresh: true}
	if err := u.save(); err != nil {
		return errors.Join(err, writer.Abort())
	}
	q.w.Header().Set("Location", q.address(t.path, writer.ID()))
	return u.advance(http.StatusCreated, sum, q.carries())
}

// announced reads Upload-Length or Upload-Defer-Length, of which there must be exactly one.
func (q *request) announced() (int64, error) {
	text, deferred := q.r.Header.Get("Upload-Length"), q.r.Header.Get("Upload-Defer-Length")
	if deferred == "1" && text == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || deferred != "" {
		return 0, bad(http.StatusBadRequest, "TUS-LENGTH-01", "Upload-Length or Upload-Defer-Length is missing or wrong.")
	}
	return n, nil
}

// carries reports whether a POST brings bytes along.
func (q *request) carries() bool {
	return q.r.ContentLength != 0 && q.r.Header.Get("Content-Type") != ""
}

func (q *request) firstPiece() (*checksum, error) {
	if !q.carries() {
		return nil, nil
	}
	return q.piece()
}

// piece checks the headers that come with bytes.
func (q *request) piece() (*checksum, error) {
	if kind, _, _ := mime.ParseMediaType(q.r.Header.Get("Content-Type")); kind != pieceType {
		return nil, bad(http.StatusUnsupportedMediaType, "TUS-TYPE-01", "A piece must be "+pieceType+".")
	}
	sum, err := parseChecksum(q.r.Header.Get("Upload-Checksum"))
	if err != nil {
		return nil, bad(http.StatusBadRequest, "TUS-SUM-02", err.Error()+"; known are "+algorithms+".")
	}
	return sum, nil
}

// head answers how far an upload is. One that is complete but was not committed, because a crash or
// a full disk came between, is committed now: its client has nothing left to send.
func (q *request) head(id string) error {
	if r := q.done.get(id, q.s.Identity()); r != nil {
		h := q.w.Header()
		h.Set("Upload-Offset", strconv.FormatInt(r.length, 10))
		describe(h, r.length, r.meta)
		told(h, r.result)
		q.w.WriteHeader(http.StatusOK)
		return nil
	}
	u, release, err := q.open(id, false)
	if err != nil {
		return err
	}
	defer release()
	u.progress()
	describe(q.w.Header(), u.Length, u.Meta)
	if u.Length >= 0 && u.Size() == u.Length {
		if err := u.complete(); err != nil {
			return err
		}
	} else if err := u.Keep(); err != nil {
		return err
	}
	q.w.WriteHeader(http.StatusOK)
	return nil
}

// patch takes the next piece; the last one commits.
func (q *request) patch(id string) error {
	sum, err := q.piece()
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(q.r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return bad(http.StatusBadRequest, "TUS-OFFSET-01", "Upload-Offset is missing or wrong.")
	}
	u, release, err := q.open(id, false)
	if err != nil {
		return err
	}
	defer release()
	if err := u.accept(offset); err != nil {
		return errors.Join(err, u.Keep())
	}
	return u.advance(http.StatusNoContent, sum, true)
}

// accept checks where a piece wants to go and how long the upload becomes.
func (u *upload) accept(offset int64) error {
	if text := u.r.Header.Get("Upload-Length"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < u.Size() || u.Length >= 0 && n != u.Length {
			return bad(http.StatusBadRequest, "TUS-LENGTH-02", "Upload-Length cannot be that.")
		}
		if u.Length < 0 {
			u.Length = n
			if err := u.save(); err != nil {
				return err
			}
		}
	}
	if offset != u.Size() {
		u.progress()
		return bad(http.StatusConflict, "TUS-OFFSET-02", "The upload stands at "+strconv.FormatInt(u.Size(), 10)+".")
	}
	if u.Length >= 0 && u.r.ContentLength > u.Length-offset {
		return bad(http.StatusRequestEntityTooLarge, "TUS-LONG-01", "More bytes come than were announced.")
	}
	return nil
}

// advance takes the bytes that come, if any, and commits when they were the last.
func (u *upload) advance(status int, sum *checksum, bytes bool) error {
	if bytes {
		if err := u.receive(sum); err != nil {
			return errors.Join(err, u.leave())
		}
	}
	u.progress()
	if u.Length >= 0 && u.Size() == u.Length {
		if err := u.complete(); err != nil {
			return err
		}
	} else if err := u.Keep(); err != nil {
		return err
	}
	u.w.WriteHeader(status)
	return nil
}

// remove ends an upload; nothing of it stays. One that is finished is a file by now, and not touched.
func (q *request) remove(id string) error {
	if q.done.get(id, q.s.Identity()) != nil {
		return fs.ErrNotExist
	}
	u, release, err := q.open(id, true)
	if err != nil {
		return err
	}
	defer release()
	if err := u.Abort(); err != nil {
		return err
	}
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}

func errClosing() error {
	p := bad(http.StatusServiceUnavailable, "SRV-STOP-01", "The server is stopping.")
	p.Retry = 5
	return p
}
