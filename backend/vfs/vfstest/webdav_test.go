package vfstest_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"

	"golang.org/x/net/webdav"

	"portico/backend/vfs"
)

// davFS serves a session through x/net/webdav.
type davFS struct{ s *vfs.Session }

func (d davFS) Mkdir(_ context.Context, name string, _ os.FileMode) error {
	_, err := d.s.Mkdir(place(name), false)
	return plain(err)
}

func (d davFS) OpenFile(ctx context.Context, name string, flag int, _ os.FileMode) (webdav.File, error) {
	if flag&os.O_CREATE != 0 {
		w, err := d.s.Create(place(name), vfs.CreateOptions{Size: -1})
		if err != nil {
			return nil, plain(err)
		}
		body, _ := ctx.Value(bodyKey{}).(*watchedBody)
		return &davWriter{Writer: w, name: path.Base(name), body: body}, nil
	}
	e, err := d.s.Stat(place(name))
	if err != nil {
		return nil, plain(err)
	}
	if e.IsFolder() {
		return &davFolder{s: d.s, e: e}, nil
	}
	f, err := d.s.Open(place(name))
	return davReader{f}, plain(err)
}

func (d davFS) RemoveAll(_ context.Context, name string) error {
	_, err := d.s.Remove(place(name))
	return plain(err)
}

func (d davFS) Rename(_ context.Context, from, to string) error {
	_, err := d.s.Rename(place(from), place(to), vfs.Replace)
	return plain(err)
}

func (d davFS) Stat(_ context.Context, name string) (os.FileInfo, error) {
	e, err := d.s.Stat(place(name))
	return info{e}, plain(err)
}

// none is what files of every kind do not do.
type none struct{}

func (none) Read([]byte) (int, error)           { return 0, fs.ErrInvalid }
func (none) Write([]byte) (int, error)          { return 0, fs.ErrInvalid }
func (none) Seek(int64, int) (int64, error)     { return 0, fs.ErrInvalid }
func (none) Readdir(int) ([]os.FileInfo, error) { return nil, fs.ErrInvalid }

type davReader struct{ *vfs.File }

func (r davReader) Write([]byte) (int, error)          { return 0, fs.ErrPermission }
func (r davReader) Readdir(int) ([]os.FileInfo, error) { return nil, fs.ErrInvalid }
func (r davReader) Stat() (os.FileInfo, error)         { return info{r.Entry()}, nil }

type davFolder struct {
	none
	s *vfs.Session
	e vfs.Entry
}

func (d *davFolder) Stat() (os.FileInfo, error) { return info{d.e}, nil }
func (d *davFolder) Close() error               { return nil }
func (d *davFolder) Readdir(int) ([]os.FileInfo, error) {
	list, err := d.s.List(d.e.Path)
	var out []os.FileInfo
	for _, e := range list {
		out = append(out, info{e})
	}
	return out, plain(err)
}

// davWriter commits on Close, which the library calls also when the body was cut: so it asks the body.
type davWriter struct {
	*vfs.Writer
	name string
	body *watchedBody
}

func (w *davWriter) Read([]byte) (int, error)           { return 0, fs.ErrInvalid }
func (w *davWriter) Seek(int64, int) (int64, error)     { return 0, fs.ErrInvalid }
func (w *davWriter) Readdir(int) ([]os.FileInfo, error) { return nil, fs.ErrInvalid }
func (w *davWriter) Stat() (os.FileInfo, error) {
	return info{vfs.Entry{Name: w.name, Size: w.Size()}}, nil
}
func (w *davWriter) Close() error {
	if w.body != nil && w.body.err != io.EOF {
		return w.Abort()
	}
	_, err := w.Commit()
	return plain(err)
}

type bodyKey struct{}

// watchedBody remembers how a request's body ended.
type watchedBody struct {
	io.ReadCloser
	err error
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.err = err
	}
	return n, err
}

type davSide struct {
	t   *testing.T
	url string
	c   *http.Client
}

func webdavClient(t *testing.T, s *vfs.Session) client {
	dav := &webdav.Handler{FileSystem: davFS{s}, LockSystem: webdav.NewMemLS()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := &watchedBody{ReadCloser: r.Body}
		r = r.WithContext(context.WithValue(r.Context(), bodyKey{}, body))
		r.Body = body
		dav.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return &davSide{t, server.URL, server.Client()}
}

func (c *davSide) do(ctx context.Context, method, name string, body io.Reader, header ...string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.url+(&url.URL{Path: name}).EscapedPath(), body)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.c.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s", method, name, res.Status)
	}
	return b, err
}

func (c *davSide) Put(name string, content []byte) error {
	_, err := c.do(c.t.Context(), "PUT", name, bytes.NewReader(content))
	return err
}

func (c *davSide) Begin(name string, part []byte) (finish func() error, cut func()) {
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := c.do(ctx, "PUT", name, r)
		r.CloseWithError(err)
		done <- err
	}()
	if _, err := w.Write(part); err != nil {
		c.t.Fatal(err)
	}
	finish = func() error {
		w.Close()
		defer cancel()
		return <-done
	}
	cut = func() {
		w.CloseWithError(io.ErrClosedPipe)
		cancel()
		<-done
	}
	return finish, cut
}

func (c *davSide) Get(name string) ([]byte, error) { return c.do(c.t.Context(), "GET", name, nil) }

func (c *davSide) Rename(from, to string) error {
	_, err := c.do(c.t.Context(), "MOVE", from, nil, "Destination", c.url+to)
	return err
}

func (c *davSide) List(dir string) ([]string, error) {
	b, err := c.do(c.t.Context(), "PROPFIND", dir, nil, "Depth", "1")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Responses []struct {
			Href string `xml:"DAV: href"`
		} `xml:"DAV: response"`
	}
	if err := xml.Unmarshal(b, &answer); err != nil {
		return nil, err
	}
	var out []string
	for _, r := range answer.Responses {
		name, err := url.PathUnescape(strings.TrimSuffix(r.Href, "/"))
		if err != nil {
			return nil, err
		}
		if name != strings.TrimSuffix(dir, "/") {
			out = append(out, path.Base(name))
		}
	}
	return out, nil
}
