package sftp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"portico/backend/protocol/protocoltest"
)

// TestGarbage: what is no SSH is ended, and nobody else is disturbed.
func TestGarbage(t *testing.T) {
	h := protocoltest.NewHouse(t)
	var away protocoltest.Away
	address := serveDoor(t, newDoorWith(t, h, Options{Listen: away.Spec(), Keys: []ssh.Signer{hostKey(t)}}))
	s := conversation(t, address)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 30 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		var b []byte
		switch i % 3 {
		case 0:
			b = []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + strings.Repeat("x", 1000))
		case 1:
			b = []byte("SSH-2.0-x\r\n")
			fallthrough
		default:
			for range 5000 {
				b = append(b, byte(r.Uint32()))
			}
		}
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		// The server may have ended it before all was said.
		_, _ = conn.Write(b)
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("garbage %d is still being listened to", i)
		}
		conn.Close()
	}
	if _, err := s.Stat("/files"); err != nil {
		t.Error(err)
	}
	eventually(t, "each is told of", func() bool { return away.Count("DOOR-NOISE-01") == 30 })
	if n := len(away.Reasons()); n != 1 {
		t.Errorf("%d lines: %v", n, away.Reasons())
	}
}

// TestSlow: who connects and then says nothing is sent away and told of; who looks at the keys and goes is
// not.
func TestSlow(t *testing.T) {
	h := protocoltest.NewHouse(t)
	for _, said := range []string{"", "SSH-2.0-slow\r\n"} {
		var away protocoltest.Away
		d := newDoorWith(t, h, Options{Listen: away.Spec(), Keys: []ssh.Signer{hostKey(t)}})
		d.times.greeting = 300 * time.Millisecond
		address := serveDoor(t, d)
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, said)
		_, _ = io.Copy(io.Discard, conn)
		conn.Close()
		away.Want(t, "DOOR-SLOW-01", "")
	}
	var away protocoltest.Away
	address := serveDoor(t, newDoorWith(t, h, Options{Listen: away.Spec(), Keys: []ssh.Signer{hostKey(t)}}))
	errSeen := errors.New("seen")
	_, err := ssh.Dial("tcp", address, &ssh.ClientConfig{User: "x", HostKeyCallback: func(string, net.Addr, ssh.PublicKey) error { return errSeen }})
	if !errors.Is(err, errSeen) {
		t.Error(err)
	}
	if _, _, err := signIn(t, address, protocoltest.Alice, ssh.Password("guess")); err == nil {
		t.Error("a guess came in")
	}
	if _, err := conversation(t, address).Stat("/../../etc/passwd"); err == nil {
		t.Error("something lies above the top")
	}
	away.Quiet(t)
}

// TestCutAnywhere: wherever a connection breaks off, no part of a file is ever seen by others, nothing
// stays open, and the next try succeeds.
func TestCutAnywhere(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	relay := newRelay(t, address)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<15)
	r := rand.New(rand.NewPCG(3, 4))
	h.Lay("/files/old", []byte("old"))
	for i := range 25 {
		relay.cut(r.Int64N(int64(len(content)) + 20_000))
		name := "/files/new"
		if i%2 == 1 {
			name = "/files/old"
		}
		// Whether it got that far is the relay's chance.
		_ = putVia(t, relay.address(), name, content)
		if got := h.OnDisk("/files/new"); got != nil && !bytes.Equal(got, content) {
			t.Fatalf("try %d: %d bytes are seen", i, len(got))
		}
		if got := h.OnDisk("/files/old"); string(got) != "old" && !bytes.Equal(got, content) {
			t.Fatalf("try %d: %d bytes are seen in place of the old", i, len(got))
		}
	}
	relay.cut(1 << 40)
	if err := putVia(t, relay.address(), "/files/new", content); err != nil {
		t.Fatal(err)
	}
	if got := h.OnDisk("/files/new"); !bytes.Equal(got, content) {
		t.Errorf("%d bytes", len(got))
	}
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
}

// putVia uploads over a connection that may break.
func putVia(t *testing.T, address, name string, content []byte) error {
	lib := &library{t: t, address: address, who: protocoltest.Alice}
	_, s, err := lib.open()
	if err != nil {
		return err
	}
	lib.c = s
	return lib.Put(name, content)
}

// relay is a network that breaks after so many bytes to the server.
type relay struct {
	l    net.Listener
	to   string
	work sync.WaitGroup
	mu   sync.Mutex
	left int64
}

func newRelay(t *testing.T, to string) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{l: l, to: to}
	r.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.work.Go(func() { r.carry(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		r.work.Wait()
	})
	return r
}

func (r *relay) address() string { return r.l.Addr().String() }

func (r *relay) cut(after int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = after
}

func (r *relay) carry(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", r.to)
	if err != nil {
		return
	}
	defer s.Close()
	var back sync.WaitGroup
	back.Go(func() {
		// It ends with either side.
		_, _ = io.Copy(c, s)
		c.Close()
	})
	defer back.Wait()
	defer s.Close()
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		r.mu.Lock()
		n = int(min(int64(n), r.left))
		r.left -= int64(n)
		broken := r.left == 0
		r.mu.Unlock()
		if _, werr := s.Write(buf[:n]); werr != nil || err != nil || broken {
			return
		}
	}
}

// TestKilled: a client that is killed in the middle leaves nothing that others see, and its user goes on
// where it was.
func TestKilled(t *testing.T) {
	if _, err := exec.LookPath("sftp"); err != nil {
		t.Skip("sftp is not installed")
	}
	h := protocoltest.NewHouse(t)
	dir := t.TempDir()
	args, env := sshArgs(t, dir, serveHouse(t, h), protocoltest.Alice)
	file := filepath.Join(dir, "big")
	content := bytes.Repeat([]byte("0123456789abcdef"), 4<<20)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	command := func(line string) *exec.Cmd {
		cmd := exec.Command("sftp", append(args, "-q", "-o", "BatchMode=no", "-b", "-", "portico")...)
		cmd.Env, cmd.Stdin = env, strings.NewReader(line)
		return cmd
	}
	killed := command("put " + file + " /files/big\n")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "some of it has come", func() bool {
		now := h.Tree.Transfers()
		return len(now) == 1 && now[0].Done > 1<<20
	})
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// It was killed.
	_ = killed.Wait()
	eventually(t, "what came waits", func() bool { return len(h.Tree.Waiting()) == 1 })
	if h.OnDisk("/files/big") != nil {
		t.Fatal("a part is seen")
	}
	waiting := h.Tree.Waiting()
	if len(waiting) != 1 || waiting[0].Done == 0 {
		t.Fatalf("waiting: %+v", waiting)
	}
	if out, err := command("reput " + file + " /files/big\n").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := h.OnDisk("/files/big"); !bytes.Equal(got, content) {
		t.Errorf("%d bytes", len(got))
	}
}

// TestCrowd: a thousand connections that say nothing do not keep out who signs in, and one connection
// opens few channels.
func TestCrowd(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	inside := conversation(t, address)
	for range 1000 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if _, err := inside.Stat("/files"); err != nil {
		t.Errorf("who was inside: %v", err)
	}
	c := alice(t, address)
	opened := 0
	for range 3 * mostChannels {
		if ch, requests, err := c.OpenChannel("session", nil); err == nil {
			go func() {
				for range requests {
				}
			}()
			defer ch.Close()
			opened++
		}
	}
	if opened != mostChannels {
		t.Errorf("%d channels", opened)
	}
}

// TestStop: a door that closes lets those go who have nothing open, and the others when they have closed
// what they have.
func TestStop(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := newDoor(t, h)
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	address := d.Addrs()[0].String()
	idle, busy := alice(t, address), conversation(t, address)
	f, err := busy.Create("/files/a")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		stopDoor(t, d)
	}()
	// The idle one is let go.
	_ = idle.Wait()
	if _, err := f.Write([]byte("all of it")); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	<-done
	if got := h.OnDisk("/files/a"); string(got) != "all of it" {
		t.Errorf("%q", got)
	}
}

// TestTwoAtOnce: two clients of one person who edit one file in place do not mix, and each is told how it
// went.
func TestTwoAtOnce(t *testing.T) {
	h := protocoltest.NewHouse(t)
	address := serveHouse(t, h)
	h.Lay("/files/a", bytes.Repeat([]byte("-"), 1000))
	one, two := conversation(t, address), conversation(t, address)
	f, err := one.OpenFile("/files/a", os.O_WRONLY)
	if err != nil {
		t.Fatal(err)
	}
	g, err := two.OpenFile("/files/a", os.O_WRONLY)
	if err != nil {
		g = nil // refused at once is fine, too
	}
	var errs []error
	if _, err := f.WriteAt(bytes.Repeat([]byte("1"), 500), 0); err != nil {
		errs = append(errs, fmt.Errorf("one: %w", err))
	}
	if g != nil {
		if _, err := g.WriteAt(bytes.Repeat([]byte("2"), 500), 500); err != nil {
			errs = append(errs, fmt.Errorf("two: %w", err))
		}
		if err := g.Close(); err != nil {
			errs = append(errs, fmt.Errorf("two: %w", err))
		}
	}
	if err := f.Close(); err != nil {
		errs = append(errs, fmt.Errorf("one: %w", err))
	}
	got := h.OnDisk("/files/a")
	ones, twos := bytes.Count(got, []byte("1")), bytes.Count(got, []byte("2"))
	if len(got) != 1000 || ones%500 != 0 || twos%500 != 0 || ones+twos == 1000 && len(errs) > 0 || ones+twos == 500 && len(errs) == 0 && g != nil {
		t.Errorf("%d ones, %d twos; told %v", ones, twos, errs)
	}
}
