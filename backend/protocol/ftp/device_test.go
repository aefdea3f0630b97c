package ftp

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/protocol/protocoltest"
	"portico/backend/share"
)

// TestDevices replays what instruments, scanners, cameras and printers are known to do.
func TestDevices(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{})
	holds := func(t *testing.T, name, want string) {
		t.Helper()
		if got := string(h.OnDisk(name)); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}

	t.Run("a camera: ALLO, a name for the time being, the real one", func(t *testing.T) {
		c := signedIn(t, d, protocoltest.Alice)
		c.want(250, "cwd /files")
		c.want(550, "CWD cam1")
		c.want(257, "MKD cam1")
		c.want(250, "CWD cam1")
		c.want(200, "TYPE I")
		c.want(200, "ALLO 5")
		if code, text := c.send("STOR image.tmp", "image"); code != 226 {
			t.Fatal(text)
		}
		c.want(350, "RNFR image.tmp")
		c.want(250, "RNTO image.jpg")
		holds(t, "/files/cam1/image.jpg", "image")
		c.want(350, "RNFR image.jpg")
		c.want(226, "ABOR")
		c.want(503, "RNTO other.jpg")
	})
	t.Run("a scanner: back-slashes, blanks, one file again and again", func(t *testing.T) {
		c := signedIn(t, d, protocoltest.Alice)
		c.want(257, `MKD \files\scans`)
		c.want(250, `CWD \files\scans `)
		for _, content := range []string{"", "page 1", "page 1 and 2"} {
			if code, text := c.send("STOR doc.pdf ", content); code != 226 {
				t.Fatal(text)
			}
			holds(t, "/files/scans/doc.pdf", content)
		}
		if code, text := c.send(`STOR ..\scans\other.pdf`, "x"); code != 226 {
			t.Fatal(text)
		}
		holds(t, "/files/scans/other.pdf", "x")
	})
	t.Run("a logger: opens and appends", func(t *testing.T) {
		c := signedIn(t, d, protocoltest.Alice)
		for i, want := range []string{"1\n", "1\n2\n", "1\n2\n3\n"} {
			c.want(200, "TYPE A")
			if code, text := c.send("APPE /files/log.txt", fmt.Sprintf("%d\n", i+1)); code != 226 {
				t.Fatal(text)
			}
			holds(t, "/files/log.txt", want)
		}
		c.want(350, "REST 2")
		if code, text := c.send("STOR /files/log.txt", "TWO\n"); code != 226 {
			t.Fatal(text)
		}
		holds(t, "/files/log.txt", "1\nTWO\n")
		c.want(350, "REST 3")
		c.want(250, "CWD /files")
		if code, text := c.send("STOR other.txt", "whole"); code != 226 { // REST is forgotten
			t.Fatal(text)
		}
		holds(t, "/files/other.txt", "whole")
		c.want(350, "REST 1000")
		if code, text := c.send("STOR /files/log.txt", "x"); code != 554 {
			t.Error(text)
		}
	})
	t.Run("STOU tells the name", func(t *testing.T) {
		c := signedIn(t, d, protocoltest.Alice)
		c.want(250, "CWD /files/inbox")
		var names []string
		for range 2 {
			conn := c.data()
			text := c.want(150, "STOU scan.pdf")
			told := regexp.MustCompile(`^150 FILE: (\S+)$`).FindStringSubmatch(text)
			if told == nil {
				t.Fatal(text)
			}
			names = append(names, told[1])
			io.WriteString(conn, told[1])
			conn.Close()
			c.wants(226)
			holds(t, "/files/inbox/"+told[1], told[1])
		}
		if names[0] != "scan.pdf" || names[1] == names[0] || !strings.HasSuffix(names[1], ".pdf") {
			t.Error(names)
		}
	})
	t.Run("a printer: active", func(t *testing.T) {
		h.Lay("/files/job.ps", []byte("job"))
		c := signedIn(t, d, protocoltest.Alice)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		port := l.Addr().(*net.TCPAddr).Port
		for _, line := range []string{fmt.Sprintf("PORT 127,0,0,1,%d,%d", port>>8, port&255), fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port)} {
			c.want(200, line)
			if _, err := io.WriteString(c, "RETR /files/job.ps\r\n"); err != nil {
				t.Fatal(err)
			}
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(conn)
			conn.Close()
			c.wants(150)
			c.wants(226)
			if string(got) != "job" {
				t.Errorf("%q", got)
			}
		}
	})
	t.Run("lists as ls makes them", func(t *testing.T) {
		h.Lay("/files/l/b.jpg", []byte("12345"))
		h.Lay("/files/l/-rf", nil)
		h.Lay("/files/l/d/x", nil)
		c := signedIn(t, d, protocoltest.Alice)
		c.want(250, "CWD /files/l")
		for _, line := range []string{"LIST", "LIST -la", "LIST -a -l", "LIST -la .", "LIST /files/l/"} {
			got, code := c.fetch(line)
			if code != 226 || !regexp.MustCompile(`(?m)^-rw-r--r-- 1 portico portico +5 [A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d b\.jpg\r$`).MatchString(got) || strings.Count(got, "\r\n") != 3 || !strings.Contains(got, "drwx") {
				t.Errorf("%s: %d %q", line, code, got)
			}
		}
		for line, want := range map[string]string{"NLST *.jpg": "b.jpg", "NLST": "-rf b.jpg d", "NLST -rf": "-rf", "LIST *.png": "", "NLST d": "x", "NLST *.j[": ""} {
			got, code := c.fetch(line)
			names := strings.Fields(got)
			slices.Sort(names)
			if code != 226 || strings.Join(names, " ") != want {
				t.Errorf("%s: %d %q", line, code, names)
			}
		}
		top, _ := c.fetch("NLST /")
		if got, _ := c.fetch("NLST -a ../.."); got != top || top == "" {
			t.Errorf("two up: %q, at the top: %q", got, top)
		}
		h.Lay("/files/m/-a..b", nil)
		h.Lay("/files/m/other", nil)
		c.want(250, "CWD /files/m")
		if got, _ := c.fetch("NLST -a..b"); strings.TrimSpace(got) != "-a..b" {
			t.Errorf("a name with two dots in it: %q", got)
		}
		c.want(250, "CWD /files/l")
		if _, code := c.fetch("LIST none"); code != 550 {
			t.Errorf("of nothing: %d", code)
		}
		if text := c.want(213, "STAT /files/l"); strings.Count(text, "portico") != 6 {
			t.Error(text)
		}
		if text := c.want(250, "MLST b.jpg"); !regexp.MustCompile(` type=file;size=5;modify=\d{14};perm=adfrw; /files/l/b\.jpg\r`).MatchString(text) {
			t.Error(text)
		}
		c.want(200, "OPTS MLST size;none;")
		if text := c.want(250, "MLST b.jpg"); !strings.Contains(text, " size=5; /files/l/b.jpg") {
			t.Error(text)
		}
	})
	t.Run("Latin-1", func(t *testing.T) {
		c := signedIn(t, d, protocoltest.Alice)
		if code, text := c.send("STOR /files/caf\xe9", "x"); code != 226 { // it never said so
			t.Fatal(text)
		}
		holds(t, "/files/café", "x")
		c.want(200, "OPTS UTF8 OFF")
		c.want(213, "SIZE /files/caf\xe9")
		if got, _ := c.fetch("NLST /files/caf*"); got != "caf\xe9\r\n" {
			t.Errorf("%q", got)
		}
		c.want(200, "OPTS UTF8 ON")
		c.want(213, "SIZE /files/café")
	})
	t.Run("times, modes, hashes", func(t *testing.T) {
		c := signedIn(t, d, protocoltest.Alice)
		if code, text := c.send("STOR /files/t", "hello"); code != 226 {
			t.Fatal(text)
		}
		for _, line := range []string{"213 MFMT 20010203040506 /files/t", "213 MDTM 20010203040506 /files/t", "200 SITE UTIME 20010203040506 /files/t", "200 SITE UTIME /files/t 20300101000000 20010203040506 20300101000000 UTC"} {
			var code int
			fmt.Sscan(line[:3], &code)
			c.want(213, "MFMT 20200101000000 /files/t")
			c.want(code, line[4:])
			if text := c.want(213, "MDTM /files/t"); text != "213 20010203040506" {
				t.Errorf("%s: %s", line, text)
			}
		}
		// Times that no file can have: as near as this disk comes.
		c.want(213, "MFMT 99991231235959 /files/t")
		if text := c.want(213, "MDTM /files/t"); text < "213 2038" {
			t.Errorf("far ahead: %s", text)
		}
		c.want(213, "MFMT 00020101000000 /files/t")
		if text := c.want(213, "MDTM /files/t"); text > "213 1971" {
			t.Errorf("long ago: %s", text)
		}
		c.want(200, "SITE CHMOD 644 /files/t")
		c.want(550, "SITE CHMOD 644 /files/none")
		if text := c.want(213, "HASH /files/t"); text != "213 SHA-256 0-4 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 /files/t" {
			t.Error(text)
		}
	})
	t.Run("a guest, a link, an unknown name", func(t *testing.T) {
		h.Lay("/files/shared/x", []byte("x"))
		c := greeted(t, d)
		c.want(331, "USER s."+h.Share(share.NewShare{Path: "/files/shared"}))
		c.want(230, "PASS")
		if got, _ := c.fetch("NLST"); got != "x\r\n" {
			t.Errorf("%q", got)
		}
		if text := c.want(257, "PWD"); !strings.HasPrefix(text, `257 "/" `) {
			t.Error(text)
		}
		c.want(331, "USER nobody")
		if text := c.want(530, "PASS guess"); !strings.Contains(text, "nobody") {
			t.Error(text)
		}
		c.want(530, "PWD")
		c.want(331, "USER ftp")
		c.want(230, "PASS x")
		c.want(550, "MKD /files/new")
	})
}

// TestIntroduced: what a client calls itself is seen, whenever it says so.
func TestIntroduced(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{})
	c := signedIn(t, d, protocoltest.Alice)
	c.want(250, "CWD /files")
	c.want(200, "CLNT Camera/2.1")
	conn := c.data()
	c.want(150, "STOR picture.jpg")
	all := h.Tree.Transfers()
	if len(all) != 1 || all[0].Origin.Client != "Camera/2.1" || all[0].Path != "/files/picture.jpg" {
		t.Errorf("%+v", all)
	}
	conn.Close()
	c.wants(226)

	early := greeted(t, d)
	early.want(200, "CLNT Scanner/1")
	early.want(331, "USER "+protocoltest.Alice)
	early.want(230, "PASS "+protocoltest.Password(protocoltest.Alice))
	conn = early.data()
	early.want(150, "STOR /files/page.pdf")
	if all := h.Tree.Transfers(); len(all) != 1 || all[0].Origin.Client != "Scanner/1" {
		t.Errorf("%+v", all)
	}
	conn.Close()
	early.wants(226)
}

// TestKeptForNothing: a client that only keeps its connection learns that it has lost what let it in.
func TestKeptForNothing(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := serveHouse(t, h, Options{})
	for _, line := range []string{"NOOP", "PWD", "MLST /"} {
		c := signedIn(t, d, protocoltest.Alice)
		other := greeted(t, d)
		if h.Tree.EndSessions(func(id access.Identity) bool { return id.Kind == access.Account }) != 1 {
			t.Fatal("nobody was in")
		}
		if text := c.want(421, line); !strings.Contains(text, "sign in again") {
			t.Errorf("%s: %s", line, text)
		}
		other.want(200, "NOOP")
	}
}
