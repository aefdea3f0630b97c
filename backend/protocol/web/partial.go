package web

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// putPiece takes one piece of a file. Three ways, none of which ever shows half a file:
//
//   - The first piece of a new whole ("bytes 0-99/1000") is kept pending; 202 names it in
//     X-Portico-Upload. Later pieces show that name; the one that completes the whole commits it.
//   - A piece without that name patches or extends the file that is there, at once and atomically,
//     provided that it does not end in the middle of the whole that the client speaks of.
func (d *Door) putPiece(w *flow, r *http.Request, s *opened, name string, o vfs.CreateOptions, value string) {
	piece, ok := wire.ParseContentRange(value)
	if !ok || r.ContentLength >= 0 && r.ContentLength != piece.Length {
		d.fail(w, r, badRequest("WEB-RANGE-01", "Content-Range is “bytes FIRST-LAST/TOTAL” and fits the length of the body."))
		return
	}
	var out *vfs.Writer
	var err error
	id := r.Header.Get("X-Portico-Upload")
	first := piece.Start == 0 && piece.Total >= 0
	switch {
	case id != "":
		out, err = s.Resume(id)
	case first:
		o.Size, o.Resume = piece.Total, true
		out, err = s.Create(name, o)
	default:
		o.Size, o.Base = -1, vfs.Existing
		if err = reaches(s.Session, name, piece); err == nil {
			out, err = s.Create(name, o)
		}
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.place(w, r, out, piece, id != "" || first)
}

// reaches refuses a piece that would leave a hole, or a file that is not the whole yet.
func reaches(s *vfs.Session, name string, piece wire.ContentRange) error {
	e, err := s.Stat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	end := max(e.Size, piece.Start+piece.Length)
	if piece.Start > e.Size || piece.Total >= 0 && end != piece.Total {
		return &vfs.Error{Verb: string(vfs.VerbCreate), Path: name, Err: vfs.ErrRange, Text: "This piece does not fit what is there: " + strconv.FormatInt(e.Size, 10) + " bytes."}
	}
	return nil
}

// place writes a piece, and commits when nothing is missing any more. A pending whole keeps what came.
func (d *Door) place(w *flow, r *http.Request, out *vfs.Writer, piece wire.ContentRange, pending bool) {
	if pending && piece.Start > out.Size() {
		have := out.Size()
		_ = out.Keep()
		w.Header().Set("X-Portico-Offset", strconv.FormatInt(have, 10))
		d.fail(w, r, &vfs.Error{Verb: string(vfs.VerbCreate), Path: r.URL.Path, Err: vfs.ErrRange, Text: "The piece before this one is missing."})
		return
	}
	err := writePiece(out, r, piece)
	if pending && (err != nil || out.Size() < piece.Total) {
		d.pending(w, r, out, err)
		return
	}
	d.receive(w, r, out, func() (vfs.Result, error) {
		if err != nil {
			return vfs.Result{}, err
		}
		return out.Commit()
	})
}

// pending keeps an upload for its next piece.
func (d *Door) pending(w *flow, r *http.Request, out *vfs.Writer, err error) {
	h := w.Header()
	h.Set("X-Portico-Upload", out.ID())
	h.Set("X-Portico-Offset", strconv.FormatInt(out.Size(), 10))
	if kept := out.Keep(); kept != nil && err == nil {
		err = kept
	}
	if err != nil {
		rest := w.unread(r)
		d.fail(w, r, err)
		rest()
		return
	}
	sayText(w, http.StatusAccepted, "the next piece begins at "+h.Get("X-Portico-Offset")+"\n")
}

// writePiece copies exactly the piece's bytes to its place.
func writePiece(out *vfs.Writer, r *http.Request, piece wire.ContentRange) error {
	buf := make([]byte, 256<<10)
	for done := int64(0); done < piece.Length; {
		n, err := r.Body.Read(buf[:min(int64(len(buf)), piece.Length-done)])
		if n > 0 {
			if _, werr := out.WriteAt(buf[:n], piece.Start+done); werr != nil {
				return werr
			}
			done += int64(n)
		}
		if err != nil && done < piece.Length {
			return cameShort(err)
		}
	}
	return nil
}
