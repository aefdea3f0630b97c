package webdav_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
)

// TestProtocolRclone puts the door through the suite with rclone, which knows of WebDAV what scripts use.
func TestProtocolRclone(t *testing.T) {
	need(t, "rclone")
	protocoltest.Run(t, rcloneDoor())
}

func rcloneDoor() protocoltest.Door {
	return protocoltest.Door{Name: "webdav by rclone", Label: "webdav", Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		doors := serve(t, h, web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
		return &rcloneServer{url: doors.url, control: rcloneDaemon(t), made: make(map[string]bool)}
	}}
}

// rcloneDaemon starts one rclone that is told by HTTP what to do: its start takes longer than its work.
func rcloneDaemon(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("rclone", "rcd", "--rc-no-auth", "--rc-serve", "--rc-addr", "127.0.0.1:0", "--config", filepath.Join(t.TempDir(), "none"), "--retries", "1", "--low-level-retries", "1")
	told, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// It has nothing to lose.
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(told); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), "Serving remote control on "); ok {
			go func() { _, _ = io.Copy(io.Discard, told) }()
			return strings.TrimSuffix(at, "/")
		}
	}
	t.Fatal("rclone ended before it listened")
	return ""
}

type rcloneServer struct {
	url, control string
	made         map[string]bool // what rclone was told to call them
}

// Client speaks as somebody; guests look at the tree itself.
func (s *rcloneServer) Client(t *testing.T, who string) protocoltest.Client {
	c := &rclone{t, s.control, "guest:"}
	about := map[string]string{"url": s.url + "/"}
	if who != "" {
		c.remote, about = who+":", map[string]string{"url": s.url + "/dav/", "user": who, "pass": protocoltest.Password(who)}
	}
	if s.made[who] {
		return c // others may be using it now
	}
	s.made[who] = true
	err := c.call("config/create", args{"name": strings.TrimSuffix(c.remote, ":"), "type": "webdav", "parameters": about, "opt": args{"obscure": true}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type rclone struct {
	t       *testing.T
	control string
	remote  string // as rclone calls what it talks to
}

type args map[string]any

// call tells rclone to do something; out may be nil.
func (c *rclone) call(what string, in args, out any) error {
	// Else it skips what has the same length, and removes what has another one after it was sent: that of
	// another writer.
	in["_config"] = args{"IgnoreTimes": true, "IgnoreSize": true}
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	resp, err := http.Post(c.control+"/"+what, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		var told struct{ Error string }
		_ = json.Unmarshal(body, &told)
		return rcloneError(resp.StatusCode, told.Error)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}

// rcloneError reads what went wrong out of rclone's words.
func rcloneError(status int, text string) error {
	for word, err := range map[string]error{
		"not found": fs.ErrNotExist, "404": fs.ErrNotExist, "401": fs.ErrPermission, "403": fs.ErrPermission, "423": protocoltest.ErrLocked,
		"507": protocoltest.ErrFull, "412": fs.ErrExist,
	} {
		if strings.Contains(text, word) {
			return fmt.Errorf("%w: %s", err, text)
		}
	}
	if status == http.StatusNotFound {
		return fs.ErrNotExist
	}
	return fmt.Errorf("%w: %d %s", protocoltest.ErrRefused, status, text)
}

func (c *rclone) Put(name string, content []byte) error {
	dir := c.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "up"), content, 0o644); err != nil {
		return err
	}
	return c.call("operations/copyfile", args{"srcFs": dir, "srcRemote": "up", "dstFs": c.remote, "dstRemote": strings.TrimPrefix(name, "/")}, nil)
}

// small is up to where Get looks twice.
const small = 1 << 20

// Get fetches as rclone streams. It asks for the length before it asks for the content, which may be
// another one by then: small files are fetched again until the length was the same before and after.
func (c *rclone) Get(name string) (io.ReadCloser, error) {
	for {
		before, err := c.stat(name)
		if err != nil || before.Size > small {
			return c.stream(name)
		}
		r, err := c.stream(name)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(r)
		r.Close()
		after, serr := c.stat(name)
		if serr == nil && after.Size == before.Size && (err != nil || int64(len(data)) == after.Size) {
			return io.NopCloser(bytes.NewReader(data)), err
		}
	}
}

func (c *rclone) stream(name string) (io.ReadCloser, error) {
	at := &url.URL{Path: "/[" + c.remote + "]" + name}
	resp, err := http.Get(c.control + at.EscapedPath())
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		return nil, rcloneError(resp.StatusCode, string(text))
	}
	return whole{resp}, nil
}

// whole tells an answer that was cut from one that ended.
type whole struct{ *http.Response }

func (w whole) Read(p []byte) (int, error) {
	n, err := w.Body.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", protocoltest.ErrCut, err)
	}
	return n, err
}

func (w whole) Close() error { return w.Body.Close() }

// found is an entry as rclone tells of it.
type found struct {
	Name  string
	Size  int64
	IsDir bool
}

func (c *rclone) List(folder string) ([]string, error) {
	var out struct{ List []found }
	if err := c.call("operations/list", args{"fs": c.remote, "remote": strings.Trim(folder, "/")}, &out); err != nil {
		return nil, err
	}
	var names []string
	for _, e := range out.List {
		if e.IsDir {
			e.Name += "/"
		}
		names = append(names, e.Name)
	}
	return names, nil
}

// stat finds out whether a name is a folder's.
func (c *rclone) stat(name string) (found, error) {
	var out struct{ Item *found }
	err := c.call("operations/stat", args{"fs": c.remote, "remote": strings.Trim(name, "/")}, &out)
	if err == nil && out.Item == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return found{}, err
	}
	return *out.Item, nil
}

func (c *rclone) at(name string) args { return args{"fs": c.remote, "remote": strings.Trim(name, "/")} }

func (c *rclone) Mkdir(name string) error { return c.call("operations/mkdir", c.at(name), nil) }

func (c *rclone) Remove(name string) error {
	e, err := c.stat(name)
	switch {
	case err != nil:
		return err
	case e.IsDir:
		return c.call("operations/purge", c.at(name), nil)
	}
	return c.call("operations/deletefile", c.at(name), nil)
}

func (c *rclone) Rename(from, to string) error {
	return c.both(from, to, "operations/movefile", "sync/move")
}

// Copy copies on the server, a folder file by file.
func (c *rclone) Copy(from, to string) error {
	return c.both(from, to, "operations/copyfile", "sync/copy")
}

// LooksFirst: it has to know whether a name is a folder's.
func (c *rclone) LooksFirst() {}

// both asks for what rclone would make by itself: the folder that something moves to.
func (c *rclone) both(from, to, file, folder string) error {
	if _, err := c.stat(path.Dir(to)); err != nil {
		return err
	}
	e, err := c.stat(from)
	if err != nil {
		return err
	}
	if e.IsDir {
		return c.call(folder, args{"srcFs": c.remote + strings.Trim(from, "/"), "dstFs": c.remote + strings.Trim(to, "/"), "createEmptySrcDirs": true}, nil)
	}
	return c.call(file, args{"srcFs": c.remote, "srcRemote": strings.Trim(from, "/"), "dstFs": c.remote, "dstRemote": strings.Trim(path.Clean(to), "/")}, nil)
}
