package server

import (
	"io"
	"net/http"
	"net/netip"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"portico/backend/account"
	"portico/backend/config"
	"portico/backend/share"
)

// caught is somebody who is in by several doors at once, and in the middle of a download.
type caught struct {
	t        *testing.T
	ftp      *textproto.Conn
	sftp     *sftp.Client
	at       string // the folder, as FTP and SFTP show it
	download io.ReadCloser
}

// comes signs in at every door. url is the folder of the web door that holds the file "large".
func comes(t *testing.T, s *Server, user, password, at, url string) *caught {
	t.Helper()
	v := &caught{t: t, at: at}
	doors := make(map[string]string)
	for _, d := range s.Status(t.Context()).Doors {
		_, host, _ := strings.Cut(d.Address, "://")
		doors[d.Name] = strings.Trim(host, "/")
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	v.ftp, err = textproto.Dial("tcp", doors["ftp"])
	must(err)
	t.Cleanup(func() { v.ftp.Close() })
	_, _, err = v.ftp.ReadResponse(220)
	must(err)
	v.says("USER "+user, 331)
	v.says("PASS "+password, 230)

	conn, err := ssh.Dial("tcp", doors["sftp"], &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	must(err)
	t.Cleanup(func() { conn.Close() })
	v.sftp, err = sftp.NewClient(conn)
	must(err)

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addresses()[0]+url+"/large", nil)
	must(err)
	if r.SetBasicAuth(user, password); strings.HasPrefix(user, "s.") {
		r.SetBasicAuth("", password)
	}
	tr := &http.Transport{DisableKeepAlives: true}
	answer, err := tr.RoundTrip(r)
	must(err)
	v.download = answer.Body
	t.Cleanup(func() { v.download.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s gets %s", user, answer.Status)
	}
	_, err = io.ReadFull(v.download, make([]byte, 1<<10))
	must(err)
	return v
}

// says sends a command of FTP and returns the text of its answer.
func (v *caught) says(line string, want int) string {
	v.t.Helper()
	if err := v.ftp.PrintfLine("%s", line); err != nil {
		v.t.Fatal(err)
	}
	_, text, err := v.ftp.ReadResponse(want)
	if err != nil {
		v.t.Fatalf("%s: %v", line, err)
	}
	return text
}

// stays checks that nothing was taken from the visitor.
func (v *caught) stays() {
	v.t.Helper()
	v.says("MLST "+v.at, 250)
	if _, err := v.sftp.Stat(v.at); err != nil {
		v.t.Errorf("by SFTP: %v", err)
	}
	if _, err := io.CopyN(io.Discard, v.download, largeFile-1<<10); err != nil {
		v.t.Errorf("the download: %v", err)
	}
}

// goes checks that the visitor is out, by every door, and learns why where that can be said.
func (v *caught) goes() {
	v.t.Helper()
	if text := v.says("MLST "+v.at, 421); !strings.Contains(text, "sign in again") {
		v.t.Errorf("FTP says %q", text)
	}
	if e, err := v.sftp.Stat(v.at); err == nil {
		v.t.Errorf("by SFTP it still sees %v", e)
	}
	if n, err := io.Copy(io.Discard, v.download); err == nil {
		v.t.Errorf("the download went on: %d bytes", n)
	}
}

// largeFile does not fit into the buffers of a connection.
const largeFile = 64 << 20

// TestWhoIsInGoes: what let somebody in is taken back, and by no door are they in any more; nobody else is
// disturbed.
func TestWhoIsInGoes(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, largeFile); err != nil {
		t.Fatal(err)
	}
	s := start(t, t.TempDir(), func(o *Options) {
		v := volume("/a", dir, "")
		v.Perms = map[string]string{"@acct": "r"}
		o.Config.Volumes = []config.Volume{v}
		o.Config.FTP.Addr, o.Config.SFTP.Addr = "127.0.0.1:0", "127.0.0.1:0"
	})
	ctx, owner := t.Context(), account.Owner()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	person := func(name string) account.Account {
		a, err := s.accounts.Create(ctx, account.NewAccount{Name: name, Password: "correct horse", Home: "/a"})
		must(err)
		return a
	}
	person("other")
	other := comes(t, s, "other", "correct horse", "/a", "/dav")

	for name, end := range map[string]func(id string) error{
		"password": func(id string) error { return s.accounts.SetPassword(ctx, id, "another one", false, "") },
		"reset":    func(id string) error { _, err := s.accounts.Reset(ctx, id); return err },
		"disabled": func(id string) error {
			yes := true
			_, err := s.accounts.Update(ctx, id, account.Change{Disabled: &yes})
			return err
		},
		"removed": func(id string) error { return s.accounts.Delete(ctx, id) },
	} {
		t.Run(name, func(t *testing.T) {
			a := person(name)
			v := comes(t, s, name, "correct horse", "/a", "/a")
			must(end(a.ID))
			v.goes()
		})
	}

	change := func(c share.Change) func(share.Share) error {
		return func(one share.Share) error { _, err := s.shares.Update(ctx, owner, one.ID, c); return err }
	}
	yes, secret, far := true, "open sesame", []netip.Prefix{netip.MustParsePrefix("10.9.9.0/24")}
	for name, end := range map[string]func(share.Share) error{
		"answer": func(one share.Share) error {
			list, err := s.shares.Answered(ctx, owner, one.ID)
			if err == nil {
				err = s.shares.Forget(ctx, owner, one.ID, list[0].ID)
			}
			return err
		},
		"stopped":       func(one share.Share) error { return s.shares.End(ctx, owner, one.ID) },
		"paused":        change(share.Change{Paused: &yes}),
		"new password":  change(share.Change{Password: &secret}),
		"other network": change(share.Change{Networks: &far}),
		"another key":   change(share.Change{Public: &yes}),
	} {
		t.Run(name, func(t *testing.T) {
			one, err := s.shares.Create(ctx, owner, share.NewShare{Path: "/a", Ask: true})
			must(err)
			if _, _, err := s.shares.Open(ctx, one.Key, share.Visitor{Remote: netip.MustParseAddr("127.0.0.1"), Door: "ftp"}); err == nil {
				t.Fatal("nobody was asked")
			}
			waits, err := s.shares.Asking(ctx, owner)
			must(err)
			must(s.shares.Admit(ctx, owner, waits[0].ID, true, false))
			v := comes(t, s, "s."+one.Key, "", "/", "/s/"+one.Key)
			must(end(one))
			v.goes()
		})
	}
	other.stays()
}
