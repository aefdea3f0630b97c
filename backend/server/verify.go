package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"portico/backend/account"
	"portico/backend/vfs"
)

// Verified is how far a verification is, and what it just found.
type Verified struct {
	Path    string `json:"path,omitempty"`    // what Problem is about
	Problem string `json:"problem,omitempty"` // "changed", or why it cannot be read
	Files   int64  `json:"files"`
	Good    int64  `json:"good"`
	Bad     int64  `json:"bad"`
	Unknown int64  `json:"unknown"` // nobody knows what they should be
	Bytes   int64  `json:"bytes"`   // read and compared
	Done    bool   `json:"done,omitempty"`
	Failed  string `json:"failed,omitempty"` // with Done: why it ended early
}

// Verify reads the files below a tree path again and compares each with the digest of what arrived.
// A file that was changed on disk by another program has no digest that counts any more: it is
// unknown. tell is called for every problem, at least once a second, and at the end.
func (s *Server) Verify(ctx context.Context, at string, tell func(Verified) error) error {
	session := s.tree.Session(ctx, account.Owner(), vfs.Origin{Door: "console"})
	defer session.Close()
	if _, err := session.Stat(at); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is nothing at %s; portico volume list says what is served", at)
	} else if err != nil {
		return err
	}
	var v Verified
	told := time.Now()
	for e, err := range session.Walk(at) {
		problem := ""
		switch {
		case err != nil:
			problem = err.Error()
		case e.Kind != vfs.KindFile:
			continue
		default:
			v.Files++
			problem, err = v.file(session, e)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if problem != "" {
			v.Bad++
		}
		if problem == "" && time.Since(told) < time.Second {
			continue
		}
		told = time.Now()
		v.Path, v.Problem = e.Path, problem
		if err := tell(v); err != nil {
			return err
		}
	}
	v.Path, v.Problem, v.Done = "", "", true
	return tell(v)
}

// file compares one file and counts it unless it is a problem.
func (v *Verified) file(session *vfs.Session, e vfs.Entry) (problem string, err error) {
	record, err := session.Record(e.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err.Error(), err
	}
	if record.SHA256 == "" {
		v.Unknown++
		return "", nil
	}
	f, err := session.Open(e.Path)
	if err != nil {
		return err.Error(), err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	v.Bytes += n
	switch {
	case err != nil:
		return err.Error(), err
	case hex.EncodeToString(sum.Sum(nil)) != record.SHA256:
		return "the content is not what arrived", nil
	}
	v.Good++
	return "", nil
}

// serveVerify answers with one JSON object per line; the last one is done.
func (s *Server) serveVerify(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, flush := json.NewEncoder(w), http.NewResponseController(w)
	err := s.Verify(r.Context(), r.URL.Query().Get("path"), func(v Verified) error {
		if err := out.Encode(v); err != nil {
			return err
		}
		return flush.Flush()
	})
	if err != nil {
		// Whoever asked reads that it did not end well, if they still read.
		_ = out.Encode(Verified{Done: true, Failed: err.Error()})
	}
}
