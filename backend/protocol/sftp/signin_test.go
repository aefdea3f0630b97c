package sftp

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"portico/backend/account"
	"portico/backend/event"
	"portico/backend/protocol/protocoltest"
	"portico/backend/share"
)

// signIn signs in by some ways only and returns what the server said on the way.
func signIn(t *testing.T, address, name string, ways ...ssh.AuthMethod) (*ssh.Client, string, error) {
	t.Helper()
	said := ""
	c, err := ssh.Dial("tcp", address, &ssh.ClientConfig{
		User: name, Auth: ways, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 20 * time.Second,
		BannerCallback: func(text string) error { said += text; return nil },
	})
	if err == nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, said, err
}

// asked answers keyboard-interactive, which must be one question without an echo.
func asked(t *testing.T, answer string) ssh.AuthMethod {
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) ([]string, error) {
		if len(questions) != 1 || echos[0] {
			t.Errorf("asked %q, shown %v", questions, echos)
		}
		return []string{answer}, nil
	})
}

func newKey(t *testing.T) ssh.Signer { return hostKey(t) }

// TestSignIn: by password, by one question, by a key of the account, by a token, by a link's key, and as
// anonymous; nothing else.
func TestSignIn(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	kim, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "kim", Password: "kim-password"})
	if err != nil {
		t.Fatal(err)
	}
	key, other := newKey(t), newKey(t)
	if _, err := h.Accounts.AddKey(t.Context(), kim.ID, string(ssh.MarshalAuthorizedKey(key.PublicKey()))); err != nil {
		t.Fatal(err)
	}
	link := h.Share(share.NewShare{Path: "/files"})
	closed := h.Share(share.NewShare{Path: "/files", Password: "open sesame"})
	for _, c := range []struct {
		what, name string
		way        ssh.AuthMethod
		in         bool
	}{
		{"password", "kim", ssh.Password("kim-password"), true},
		{"wrong password", "kim", ssh.Password("guess"), false},
		{"no password", "kim", ssh.Password(""), false},
		{"question", "kim", asked(t, "kim-password"), true},
		{"wrong answer", "kim", asked(t, "guess"), false},
		{"key", "kim", ssh.PublicKeys(key), true},
		{"somebody's key among others", "kim", ssh.PublicKeys(other, key), true},
		{"unknown key", "kim", ssh.PublicKeys(other), false},
		{"somebody else's key", protocoltest.Alice, ssh.PublicKeys(key), false},
		{"nothing", "kim", ssh.Password("kim-password"), true},
		{"nobody", "nobody", ssh.Password("kim-password"), false},
		{"link", "s." + link, ssh.Password("anything"), true},
		{"link with password", "s." + closed, ssh.Password("open sesame"), true},
		{"link with wrong password", "s." + closed, ssh.Password("guess"), false},
		{"anonymous", "anonymous", nil, true},
		{"ftp", "FTP", nil, true},
		{"without anything", "kim", nil, false},
		{"link without anything", "s." + link, nil, false},
	} {
		var ways []ssh.AuthMethod
		if c.way != nil {
			ways = append(ways, c.way)
		}
		client, _, err := signIn(t, address, c.name, ways...)
		if c.in != (err == nil) {
			t.Errorf("%s: %v", c.what, err)
		}
		if err != nil {
			continue
		}
		s, err := sftp.NewClient(client)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if _, err := s.ReadDir("."); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestGuestsWithoutRights: where guests may do nothing, nobody comes in without a secret.
func TestGuestsWithoutRights(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Regrant(nobodyElse)
	if _, _, err := signIn(t, serveHouse(t, h), "anonymous"); err == nil {
		t.Error("a guest came in")
	}
}

// TestWrongPasswords: whoever guesses has to wait, is told how long, and is told of in Activity once;
// whoever came in before from the same address still does.
func TestWrongPasswords(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	if _, _, err := signIn(t, address, protocoltest.Alice, ssh.Password(protocoltest.Password(protocoltest.Alice))); err != nil {
		t.Fatal(err)
	}
	told := ""
	for i := range 10 {
		_, said, err := signIn(t, address, protocoltest.Bob, ssh.Password("guess"+strings.Repeat("!", i)))
		if err == nil {
			t.Fatal("a guess came in")
		}
		told += said
	}
	if !strings.Contains(told, "Too many attempts: try again in ") {
		t.Errorf("told %q", told)
	}
	if _, _, err := signIn(t, address, protocoltest.Alice, ssh.Password(protocoltest.Password(protocoltest.Alice))); err != nil {
		t.Errorf("alice is kept out by somebody's guesses: %v", err)
	}
	if err := h.Accounts.Close(); err != nil { // writes sums that are open
		t.Fatal(err)
	}
	wrong := 0
	for _, e := range h.Events() {
		if e.Kind == event.Wrong && e.Door == doorName && e.Name == protocoltest.Bob {
			wrong++
		}
	}
	if wrong == 0 {
		t.Error("Activity tells of no wrong password")
	}
}

// TestTries: a connection has six tries.
func TestTries(t *testing.T) {
	h := protocoltest.NewHouse(t)
	tries := 0
	_, _, err := signIn(t, serveHouse(t, h), protocoltest.Bob, ssh.RetryableAuthMethod(ssh.PasswordCallback(func() (string, error) {
		tries++
		return "the same guess", nil
	}), 100))
	if err == nil || tries > 7 {
		t.Errorf("%d tries: %v", tries, err)
	}
}

// TestRevoked: whoever is not let in any more is cut, also while nothing happens.
func TestRevoked(t *testing.T) {
	h := protocoltest.NewHouse(t)
	c, _, err := signIn(t, serveHouse(t, h), protocoltest.Alice, ssh.Password(protocoltest.Password(protocoltest.Alice)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sftp.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat("/files"); err != nil {
		t.Fatal(err)
	}
	h.Tree.EndSessions(everybody)
	if err := c.Wait(); err == nil || errors.Is(err, net.ErrClosed) {
		t.Errorf("the connection ended with %v", err)
	}
}

// TestHostKey: the key that the server shows is the one that it was given.
func TestHostKey(t *testing.T) {
	h := protocoltest.NewHouse(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	d := newDoor(t, h)
	d.config.AddHostKey(key)
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer stopDoor(t, d)
	c, err := ssh.Dial("tcp", d.Addrs()[0].String(), &ssh.ClientConfig{
		User: protocoltest.Alice, Auth: []ssh.AuthMethod{ssh.Password(protocoltest.Password(protocoltest.Alice))}, HostKeyCallback: ssh.FixedHostKey(key.PublicKey()),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// TestRevokedWhileStalled: that also ends a client that asks for much and takes nothing.
func TestRevokedWhileStalled(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/big", make([]byte, 32<<20))
	c := alice(t, serveHouse(t, h))
	r := newRaw(t, c)
	r.greet()
	r.send(byte(typeOpen), 1, "/files/big", openRead, noAttrs)
	f := r.handle()
	for i := range 100 {
		r.send(byte(typeRead), 2, f, uint64(i*mostData), mostData)
	}
	eventually(t, "something was read", func() bool {
		now := h.Tree.Transfers()
		return len(now) == 1 && now[0].Done > 0
	})
	h.Tree.EndSessions(everybody)
	if err := c.Wait(); err == nil {
		t.Error("the connection ended as if nothing was wrong")
	}
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
}
