package tus

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"portico/backend/vfs"
)

// note is what is kept with the pending write besides its bytes.
type note struct {
	Length int64  `json:"length"` // -1: not announced yet
	Meta   string `json:"meta,omitempty"`
}

// upload is one pending write that this request holds.
type upload struct {
	*request
	*vfs.Writer
	*hold
	note
	fresh bool // its address was not told to anybody yet
}

// leave ends the writer after something went wrong: what arrived is kept for whoever knows the address.
func (u *upload) leave() error {
	if u.fresh {
		return u.Abort()
	}
	return u.Keep()
}

// open resumes an upload and holds it. With force, whoever works on it is ended.
func (q *request) open(id string, force bool) (*upload, func(), error) {
	held, release := q.holds.take(q.r.Context(), id, q.o.Yield, force)
	if held == nil {
		return nil, nil, bad(http.StatusLocked, "TUS-LOCK-01", "Another request is working on this upload.")
	}
	writer, err := q.s.Resume(id)
	if err != nil {
		release()
		if errors.Is(err, vfs.ErrBusy) {
			err = bad(http.StatusLocked, "TUS-LOCK-01", "Another request is working on this upload.")
		}
		return nil, nil, err
	}
	u := &upload{request: q, Writer: writer, hold: held}
	if err := json.Unmarshal([]byte(writer.Note()), &u.note); err != nil {
		// A pending write of another door: its id is no upload.
		err = errors.Join(fs.ErrNotExist, writer.Keep())
		release()
		return nil, nil, err
	}
	return u, release, nil
}

func (u *upload) save() error {
	text, err := json.Marshal(u.note)
	if err != nil {
		return err
	}
	return u.SetNote(string(text))
}

// progress writes the headers that tell how far the upload is.
func (u *upload) progress() {
	h := u.w.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Size(), 10))
	if until := u.Expires(); !until.IsZero() {
		h.Set("Upload-Expires", until.UTC().Format(http.TimeFormat))
	}
}

// describe adds what HEAD tells besides.
func describe(h http.Header, length int64, meta string) {
	if length >= 0 {
		h.Set("Upload-Length", strconv.FormatInt(length, 10))
	} else {
		h.Set("Upload-Defer-Length", "1")
	}
	if meta != "" {
		h.Set("Upload-Metadata", meta)
	}
}

// receive writes the body behind what has arrived. It returns nil when the body ended by itself;
// what came is in the writer in any case, unless its checksum was wrong.
func (u *upload) receive(sum *checksum) error {
	start := u.Size()
	err := u.pour(start, sum)
	if sum == nil {
		return err
	}
	if err == nil && sum.matches() {
		return nil
	}
	if err == nil {
		err = bad(statusChecksum, "TUS-SUM-01", "The piece arrived damaged and was thrown away.")
	}
	return errors.Join(err, u.Truncate(start))
}

func (u *upload) pour(offset int64, sum *checksum) error {
	buffer := u.buffers.Get().(*[bufferSize]byte)
	defer u.buffers.Put(buffer)
	rc := http.NewResponseController(u.w)
	// Writers without deadlines (a test's recorder) have no slow client either.
	arm := func() { _ = rc.SetReadDeadline(time.Now().Add(u.o.Stall)) }
	wake := func() { _ = rc.SetReadDeadline(time.Unix(1, 0)) }
	for {
		if !u.reading(arm, wake) {
			return errCut()
		}
		room := buffer[:]
		if left := u.Length - offset; u.Length >= 0 && left < int64(len(room)) {
			room = room[:left+1] // one more than there may be: too many bytes are noticed
		}
		n, err := u.r.Body.Read(room)
		if u.Length >= 0 && offset+int64(n) > u.Length {
			return errors.Join(bad(http.StatusRequestEntityTooLarge, "TUS-LONG-01", "More bytes came than were announced."), u.Truncate(offset))
		}
		if n > 0 {
			u.touch()
			if sum != nil {
				sum.Write(room[:n])
			}
			if _, err := u.WriteAt(room[:n], offset); err != nil {
				return err
			}
			offset += int64(n)
		}
		if err == io.EOF {
			_ = rc.SetReadDeadline(time.Time{})
			return nil
		}
		if err != nil {
			return errCut()
		}
	}
}

// errCut is the answer, if anybody still reads it, when the body did not end by itself.
func errCut() error {
	return bad(http.StatusRequestTimeout, "TUS-CUT-01", "The connection was cut before the piece was complete.")
}

// complete commits. After a refusal that no repetition can change nothing is left of the upload;
// otherwise it stays and the next request tries again.
func (u *upload) complete() error {
	id := u.ID()
	result, err := u.Commit()
	if err != nil {
		switch {
		case errors.Is(err, fs.ErrExist):
			return errors.Join(taken(), u.Abort())
		case errors.Is(err, vfs.ErrIncomplete), errors.Is(err, vfs.ErrInfected), errors.Is(err, vfs.ErrPrecondition):
			return errors.Join(err, u.Abort())
		}
		return errors.Join(err, u.leave())
	}
	u.done.add(id, &receipt{by: u.s.Identity(), at: time.Now(), length: u.Length, meta: u.Meta, result: result})
	h := u.w.Header()
	h.Set("Upload-Offset", strconv.FormatInt(result.Size, 10))
	told(h, result)
	return nil
}

// told writes the headers that end an upload.
func told(h http.Header, result vfs.Result) {
	h.Del("Upload-Expires")
	h.Set("X-Portico-Name", url.PathEscape(result.Name))
	h.Set("X-Portico-Sha256", result.SHA256)
	h.Set("ETag", `"`+result.Version+`"`)
}

// taken is 412, not 409: clients of this protocol repeat a request that was answered with 409.
func taken() error {
	p := bad(http.StatusPreconditionFailed, "FS-NAME-02", "There is already something of that name.")
	p.Title, p.Did, p.Next = "The name is taken", "Nothing was changed.", "Choose another name, or say that both should be kept."
	return p
}
