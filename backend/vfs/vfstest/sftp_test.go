package vfstest_test

import (
	"io"
	"net"
	"os"
	"testing"

	"github.com/pkg/sftp"

	"portico/backend/vfs"
)

// sftpHandlers serve a session through pkg/sftp's RequestServer.
type sftpHandlers struct{ s *vfs.Session }

func (h sftpHandlers) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	f, err := h.s.Open(place(r.Filepath))
	if err != nil {
		return nil, plain(err)
	}
	return f, nil
}

func (h sftpHandlers) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	w, err := h.s.Create(place(r.Filepath), vfs.CreateOptions{Size: -1})
	if err != nil {
		return nil, plain(err)
	}
	return &sftpWriter{Writer: w}, nil
}

func (h sftpHandlers) Filecmd(r *sftp.Request) error {
	switch r.Method {
	case "Rename":
		_, err := h.s.Rename(place(r.Filepath), place(r.Target), vfs.Refuse)
		return plain(err)
	case "Setstat":
		return nil
	}
	return sftp.ErrSSHFxOpUnsupported
}

func (h sftpHandlers) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if r.Method == "List" {
		list, err := h.s.List(place(r.Filepath))
		return sftpList(list), plain(err)
	}
	e, err := h.s.Stat(place(r.Filepath))
	return sftpList{e}, plain(err)
}

type sftpList []vfs.Entry

func (l sftpList) ListAt(out []os.FileInfo, off int64) (int, error) {
	n := 0
	for ; n < len(out) && int(off)+n < len(l); n++ {
		out[n] = info{l[int(off)+n]}
	}
	if n < len(out) {
		return n, io.EOF
	}
	return n, nil
}

// sftpWriter commits on Close unless the library has told of an error.
type sftpWriter struct {
	*vfs.Writer
	failed bool
}

func (w *sftpWriter) TransferError(error) { w.failed = true }

func (w *sftpWriter) Close() error {
	if w.failed {
		return w.Abort()
	}
	_, err := w.Commit()
	return err
}

type sftpSide struct {
	t *testing.T
	c *sftp.Client
	n net.Conn
}

func sftpClient(t *testing.T, s *vfs.Session) client {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	served, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	h := sftpHandlers{s}
	server := sftp.NewRequestServer(served, sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h})
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve()
		server.Close()
	}()
	c, err := sftp.NewClientPipe(conn, conn, sftp.UseConcurrentWrites(true))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		conn.Close()
		<-done
	})
	return &sftpSide{t, c, conn}
}

func (c *sftpSide) Put(name string, content []byte) error {
	finish, _ := c.Begin(name, content)
	return finish()
}

func (c *sftpSide) Begin(name string, part []byte) (finish func() error, cut func()) {
	f, err := c.c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := f.Write(part); err != nil {
		c.t.Fatal(err)
	}
	return f.Close, func() { c.n.Close() }
}

func (c *sftpSide) Get(name string) ([]byte, error) {
	f, err := c.c.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func (c *sftpSide) Rename(from, to string) error { return c.c.Rename(from, to) }

func (c *sftpSide) List(dir string) ([]string, error) {
	list, err := c.c.ReadDir(dir)
	var out []string
	for _, i := range list {
		out = append(out, i.Name())
	}
	return out, err
}
