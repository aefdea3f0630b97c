package sftp

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"portico/backend/protocol/protocoltest"
)

func TestParseOrder(t *testing.T) {
	for line, want := range map[string][]string{ // flags, then names; nil: refused
		"scp -t /files":             {"t", "/files"},
		"scp -v -r -p -d -t /files": {"trpd", "/files"},
		"scp -rpt -- -x":            {"trp", "-x"},
		"scp -f a b":                {"f", "a", "b"},
		`scp -f 'a b' "c d" e\ f`:   {"f", "a b", "c d", "e f"},
		`scp -f "a\"b\x" 'c'\''d'`:  {"f", `a"b\x`, "c'd"},
		"scp -f ''":                 {"f", ""},
		"scp -t a b":                nil,
		"scp -t":                    nil,
		"scp -t -f a":               nil,
		"scp a":                     nil,
		"scp -x -t a":               nil,
		"scp -t a; id":              nil,
		"scp -f $HOME":              nil,
		"scp -f `id`":               nil,
		"scp -f $(id)":              nil,
		`scp -f "$(id)"`:            nil,
		"scp -f a | sh":             nil,
		"scp -f a > b":              nil,
		"scp -f a\nid":              nil,
		"scp -f 'a":                 nil,
		`scp -f a\`:                 nil,
		"rsync --server . /":        nil,
		"id":                        nil,
		"":                          nil,
		"/usr/bin/scp -t a":         nil,
	} {
		o, err := parseOrder(line)
		if want == nil {
			if err == nil {
				t.Errorf("%q: %+v", line, o)
			}
			continue
		}
		flags := want[0]
		if err != nil || o.send != strings.Contains(flags, "t") || o.tree != strings.Contains(flags, "r") ||
			o.times != strings.Contains(flags, "p") || o.folder != strings.Contains(flags, "d") || !slices.Equal(o.names, want[1:]) {
			t.Errorf("%q: %+v, %v", line, o, err)
		}
	}
}

// TestSCP: the program scp, with SFTP as it does now and without as it did, there and back, folders and
// times included.
func TestSCP(t *testing.T) {
	if _, err := exec.LookPath("scp"); err != nil {
		t.Skip("scp is not installed")
	}
	h := protocoltest.NewHouse(t)
	dir := t.TempDir()
	args, env := sshArgs(t, dir, serveHouse(t, h), protocoltest.Alice)
	at := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	content := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	from := filepath.Join(dir, "tree")
	for name, data := range map[string][]byte{"a b.txt": []byte("a"), "sub/empty": nil, "sub/deep/big.bin": content} {
		file := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	run := func(rest ...string) (string, error) {
		cmd := exec.Command("scp", append(args, rest...)...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, old := range []bool{false, true} {
		way, there, back := []string{"-q"}, "/files/new", filepath.Join(dir, "back-new")
		if old {
			way, there, back = []string{"-q", "-O"}, "/files/old", filepath.Join(dir, "back-old")
		}
		for _, rest := range [][]string{{"-rp", from, "portico:" + there}, {"-rp", "portico:" + there, back}} {
			if out, err := run(append(way, rest...)...); err != nil {
				t.Fatalf("scp %q: %v: %s", rest, err, out)
			}
		}
		for _, place := range []string{h.Path(there), back} {
			for name, want := range map[string][]byte{"a b.txt": []byte("a"), "sub/empty": {}, "sub/deep/big.bin": content} {
				got, err := os.ReadFile(filepath.Join(place, name))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("old way %v, %s: %d bytes, %v", old, name, len(got), err)
				}
				if info, err := os.Stat(filepath.Join(place, name)); err != nil || !info.ModTime().Equal(at) {
					t.Errorf("old way %v, %s: %v, %v", old, name, info.ModTime(), err)
				}
			}
		}
		for _, rest := range [][]string{{"portico:/files/none", back}, {from, "portico:/files/"}, {filepath.Join(from, "a b.txt"), "portico:/nowhere/x"}} {
			if out, err := run(append(way, rest...)...); err == nil {
				t.Errorf("old way %v, scp %q succeeded: %s", old, rest, out)
			}
		}
	}
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
}

// scpSends speaks as `scp -t` is spoken to, and returns what came back when all was said.
func scpSends(t *testing.T, c *ssh.Client, line string, say string) string {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Stdin = strings.NewReader(say)
	var out, told bytes.Buffer
	s.Stdout, s.Stderr = &out, &told
	// How it ends is told there.
	_ = s.Run(line)
	return out.String() + told.String()
}

// TestHostileSCP: no name climbs, no announcement is believed, nothing that was cut appears.
func TestHostileSCP(t *testing.T) {
	h := protocoltest.NewHouse(t)
	c := alice(t, serveHouse(t, h))
	before := h.Names("/files")
	for _, say := range []string{
		"C0644 2 ../up\nxx\x00", "C0644 2 a/b\nxx\x00", "C0644 2 ..\nxx\x00", "C0644 -2 a\nxx\x00", "C0644 2\nxx\x00", "D0755 0 ..\nE\n",
		"C0644 99999999999999 a\nxx\x00", "C0644 10 a\nhalf", "E\n", "\n", "X\n", "\x02gone\n", "T1 0\nnonsense\n", strings.Repeat("C", 10_000), "D0755 0 d\nC0644 2 ../../x\nxx\x00",
	} {
		scpSends(t, c, "scp -rt /files/inbox", say)
	}
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
	if got := slices.DeleteFunc(h.Names("/files"), func(name string) bool { return name == "inbox/d/" }); !slices.Equal(got, before) {
		t.Errorf("there is now %q", got)
	}
	// Libraries that end behind the last byte have sent all of it.
	scpSends(t, c, "scp -t /files/whole", "C0644 5 whole\nwhole")
	if got := h.OnDisk("/files/whole"); string(got) != "whole" {
		t.Errorf("%q", got)
	}
	// A sender that says at the end that it is not good is believed.
	scpSends(t, c, "scp -t /files/bad", "C0644 5 bad\nwrong\x01it changed\n")
	if got := h.OnDisk("/files/bad"); got != nil {
		t.Errorf("%q", got)
	}
}

// TestNoShell: whoever wants a shell, a program, a tunnel or an agent is told what there is.
func TestNoShell(t *testing.T) {
	h := protocoltest.NewHouse(t)
	c := alice(t, serveHouse(t, h))
	for _, line := range []string{"id", "scp -f $(id)", "sh -c id", "rsync --server --sender . /files", "scp", "/bin/sh", "sftp-server"} {
		if out := scpSends(t, c, line, ""); out != noShell {
			t.Errorf("%q: %q", line, out)
		}
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	s.Stderr = &out
	if err := s.RequestPty("xterm", 24, 80, nil); err == nil {
		t.Error("a terminal was given")
	}
	if err := s.Setenv("LD_PRELOAD", "x"); err == nil {
		t.Error("a variable was set")
	}
	if ok, err := s.SendRequest("auth-agent-req@openssh.com", true, nil); ok || err != nil {
		t.Errorf("an agent: %v, %v", ok, err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err == nil || out.String() != noShell {
		t.Errorf("a shell: %v, %q", err, out.String())
	}
	if _, err := c.Dial("tcp", "127.0.0.1:22"); err == nil {
		t.Error("a tunnel was opened")
	}
	if _, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Error("a port was opened")
	}
	for _, kind := range []string{"x11", "direct-streamlocal@openssh.com", "tun@openssh.com", "auth-agent@openssh.com", ""} {
		if _, _, err := c.OpenChannel(kind, nil); err == nil {
			t.Errorf("a channel of kind %q was opened", kind)
		}
	}
}
