package tus

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOptionsAnswersBeforeAnything(t *testing.T) {
	h := open(t)
	r := h.want(204, "OPTIONS", "/-/tus/", nil, "Tus-Resumable", "", "X-Who", "")
	for name, want := range map[string]string{"Tus-Version": "1.0.0", "Tus-Extension": extensions, "Tus-Checksum-Algorithm": algorithms} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestRefusesWhatIsNoTus(t *testing.T) {
	h := open(t)
	path := meta("path", "/files/a")
	up := h.begin("/files/a", 5)
	for name, c := range map[string]struct {
		status      int
		method, url string
		headers     []string
	}{
		"no version":      {412, "POST", "/-/tus/", []string{"Tus-Resumable", "", "Upload-Length", "5", "Upload-Metadata", path}},
		"other version":   {412, "HEAD", up, []string{"Tus-Resumable", "2.0.0"}},
		"no length":       {400, "POST", "/-/tus/", []string{"Upload-Metadata", path}},
		"two lengths":     {400, "POST", "/-/tus/", []string{"Upload-Length", "5", "Upload-Defer-Length", "1", "Upload-Metadata", path}},
		"negative length": {400, "POST", "/-/tus/", []string{"Upload-Length", "-5", "Upload-Metadata", path}},
		"no metadata":     {400, "POST", "/-/tus/", []string{"Upload-Length", "5"}},
		"no path":         {400, "POST", "/-/tus/", []string{"Upload-Length", "5", "Upload-Metadata", meta("filename", "a")}},
		"get":             {405, "GET", up, nil},
		"patch of all":    {405, "PATCH", "/-/tus/", nil},
		"unknown":         {404, "HEAD", "/-/tus/me/abcdefgh", nil},
		"deeper":          {404, "HEAD", up + "/x", nil},
		"type":            {415, "PATCH", up, []string{"Content-Type", "text/plain", "Upload-Offset", "0"}},
		"no offset":       {400, "PATCH", up, nil},
		"bad offset":      {400, "PATCH", up, []string{"Upload-Offset", "x"}},
		"wrong offset":    {409, "PATCH", up, []string{"Upload-Offset", "3"}},
		"outside":         {403, "POST", "/-/tus/", []string{"Upload-Length", "5", "Upload-Metadata", meta("path", "/nowhere/a")}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			r := h.ask(c.method, c.url, nil, c.headers...)
			if r.StatusCode != c.status {
				text, _ := io.ReadAll(r.Body)
				t.Errorf("%d, want %d: %s", r.StatusCode, c.status, text)
			}
		})
	}
	h.t = t
	if h.offset(up) != 0 {
		t.Error("the upload has moved")
	}
}

func TestPiecesBecomeAFile(t *testing.T) {
	h := open(t)
	data := noise(700_000)
	note := meta("path", "/files/new/sub/ä b.bin", "modified", "1700000000123")
	r := h.want(201, "POST", "/-/tus/", nil, "Upload-Length", "700000", "Upload-Metadata", note)
	up := r.Header.Get("Location")
	if r.Header.Get("Upload-Expires") == "" || r.Header.Get("Upload-Offset") != "0" {
		t.Errorf("%v", r.Header)
	}
	half := h.patch(204, up, 0, data[:300_000])
	if half.Header.Get("Upload-Offset") != "300000" || half.Header.Get("X-Portico-Name") != "" {
		t.Errorf("%v", half.Header)
	}
	h.holds("new/sub/ä b.bin", nil)
	r = h.want(200, "HEAD", up, nil)
	for name, want := range map[string]string{"Upload-Offset": "300000", "Upload-Length": "700000", "Upload-Metadata": note, "Cache-Control": ""} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	last := h.patch(204, up, 300_000, data[300_000:])
	sum := sha256.Sum256(data)
	for name, want := range map[string]string{"Upload-Offset": "700000", "X-Portico-Name": "%C3%A4%20b.bin", "X-Portico-Sha256": hex.EncodeToString(sum[:])} {
		if got := last.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if last.Header.Get("ETag") == "" {
		t.Error("no ETag")
	}
	h.holds("new/sub/ä b.bin", data)
	st, err := os.Stat(filepath.Join(h.disk, "new", "sub", "ä b.bin"))
	if err != nil || st.ModTime().UnixMilli() != 1700000000123 {
		t.Errorf("modified %v, %v", st.ModTime(), err)
	}
}

func TestFirstPieceComesWithTheCreation(t *testing.T) {
	h := open(t)
	data := noise(1000)
	r := h.want(201, "POST", "/-/tus/", bytes.NewReader(data[:400]), "Content-Type", pieceType, "Upload-Length", "1000", "Upload-Metadata", meta("path", "/files/a"))
	if r.Header.Get("Upload-Offset") != "400" {
		t.Errorf("offset %s", r.Header.Get("Upload-Offset"))
	}
	h.patch(204, r.Header.Get("Location"), 400, data[400:])
	h.holds("a", data)

	r = h.want(201, "POST", "/-/tus/", bytes.NewReader(data), "Content-Type", pieceType, "Upload-Length", "1000", "Upload-Metadata", meta("path", "/files/b"))
	if r.Header.Get("X-Portico-Name") != "b" || r.Header.Get("Upload-Offset") != "1000" {
		t.Errorf("%v", r.Header)
	}
	h.holds("b", data)
}

func TestZeroBytes(t *testing.T) {
	h := open(t)
	r := h.want(201, "POST", "/-/tus/", nil, "Upload-Length", "0", "Upload-Metadata", meta("path", "/files/empty"))
	if r.Header.Get("X-Portico-Name") != "empty" {
		t.Errorf("%v", r.Header)
	}
	h.holds("empty", []byte{})
	if h.offset(r.Header.Get("Location")) != 0 {
		t.Error("it is not remembered")
	}
}

func TestLengthComesLater(t *testing.T) {
	h := open(t)
	data := noise(1000)
	up := h.want(201, "POST", "/-/tus/", nil, "Upload-Defer-Length", "1", "Upload-Metadata", meta("path", "/files/a")).Header.Get("Location")
	h.patch(204, up, 0, data[:600])
	if r := h.want(200, "HEAD", up, nil); r.Header.Get("Upload-Defer-Length") != "1" || r.Header.Get("Upload-Length") != "" {
		t.Errorf("%v", r.Header)
	}
	h.patch(400, up, 600, nil, "Upload-Length", "500")
	h.patch(204, up, 600, nil, "Upload-Length", "1000")
	h.stop()
	h.start()
	if r := h.want(200, "HEAD", up, nil); r.Header.Get("Upload-Length") != "1000" {
		t.Errorf("%v", r.Header)
	}
	h.patch(400, up, 600, data[600:], "Upload-Length", "2000")
	h.holds("a", nil)
	h.patch(204, up, 600, data[600:])
	h.holds("a", data)
}

func TestWhatExists(t *testing.T) {
	h := open(t)
	old, fresh := []byte("old content"), []byte("new content")
	send := func(t *testing.T, status int, exists string) *http.Response {
		h.t = t
		return h.want(status, "POST", "/-/tus/", bytes.NewReader(fresh), "Content-Type", pieceType,
			"Upload-Length", fmt.Sprint(len(fresh)), "Upload-Metadata", meta("path", "/files/a.txt", "exists", exists))
	}
	for exists, status := range map[string]int{"keep": 201, "replace": 201, "skip": 412, "refuse": 412} {
		t.Run(exists, func(t *testing.T) {
			os.RemoveAll(filepath.Join(h.disk, "a (2).txt"))
			if err := os.WriteFile(filepath.Join(h.disk, "a.txt"), old, 0o644); err != nil {
				t.Fatal(err)
			}
			r := send(t, status, exists)
			switch exists {
			case "keep":
				if r.Header.Get("X-Portico-Name") != "a%20%282%29.txt" {
					t.Errorf("name %s", r.Header.Get("X-Portico-Name"))
				}
				h.holds("a.txt", old)
				h.holds("a (2).txt", fresh)
			case "replace":
				h.holds("a.txt", fresh)
			default:
				h.holds("a.txt", old)
			}
		})
	}
	t.Run("taken meanwhile", func(t *testing.T) {
		h.t = t
		up := h.begin("/files/late.txt", len(fresh), "Upload-Metadata", meta("path", "/files/late.txt", "exists", "refuse"))
		if err := os.WriteFile(filepath.Join(h.disk, "late.txt"), old, 0o644); err != nil {
			t.Fatal(err)
		}
		h.patch(412, up, 0, fresh)
		h.holds("late.txt", old)
		h.want(404, "HEAD", up, nil)
	})
	h.t = t
}

func TestDamagedWholeNeverAppears(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 5, "Upload-Metadata", meta("path", "/files/a", "sha256", strings.Repeat("0", 64)))
	h.patch(422, up, 0, []byte("hello"))
	h.holds("a", nil)
	h.want(404, "HEAD", up, nil)
}

func TestChecksums(t *testing.T) {
	h := open(t)
	data := noise(50_000)
	b := func(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }
	s256, s1 := sha256.Sum256(data), sha1.Sum(data)
	crc := crc32.NewIEEE()
	crc.Write(data)
	up := h.begin("/files/a", len(data)*3)
	for i, sum := range []string{"sha256 " + b(s256[:]), "sha1 " + b(s1[:]), "crc32 " + b(crc.Sum(nil))} {
		h.patch(400, up, i*len(data), data, "Upload-Checksum", "md4 "+b(s1[:]))
		h.patch(460, up, i*len(data), data[1:], "Upload-Checksum", sum)
		if got := h.offset(up); got != i*len(data) {
			t.Fatalf("a damaged piece moved the offset to %d", got)
		}
		h.patch(204, up, i*len(data), data, "Upload-Checksum", sum)
	}
	h.holds("a", bytes.Repeat(data, 3))
}

func TestTooManyBytes(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 5)
	h.patch(413, up, 0, []byte("hello!"))
	h.want(413, "PATCH", up, io.MultiReader(strings.NewReader("hello, "), strings.NewReader("world")), "Upload-Offset", "0")
	if got := h.offset(up); got > 5 {
		t.Errorf("offset %d", got)
	}
	h.holds("a", nil)
}

func TestTermination(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 5)
	h.patch(204, up, 0, []byte("hel"))
	h.want(204, "DELETE", up, nil)
	h.want(404, "HEAD", up, nil)
	h.want(404, "DELETE", up, nil)
	h.holds("a", nil)
	up = h.begin("/files/a", 5)
	h.patch(204, up, 0, []byte("hello"))
	h.want(404, "DELETE", up, nil)
	h.holds("a", []byte("hello"))
}

func TestMethodOverride(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 5)
	h.want(204, "POST", up, strings.NewReader("hello"), "X-HTTP-Method-Override", "PATCH", "Upload-Offset", "0", "Content-Type", pieceType)
	h.holds("a", []byte("hello"))
}

func TestUploadsBelongToWhoBeganThem(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 10)
	h.patch(204, up, 0, []byte("hello"))
	h.want(404, "HEAD", up, nil, "X-Who", "bert")
	h.want(401, "HEAD", up, nil, "X-Who", "")
	h.patch(401, up, 5, []byte("world"), "X-Who", "")
	h.want(404, "DELETE", up, nil, "X-Who", "bert")
	h.patch(204, up, 5, []byte("world"), "X-From", "192.0.2.7")
	h.holds("a", []byte("helloworld"))
}

func TestShareHoldersGoOnFromAnotherNetwork(t *testing.T) {
	h := open(t)
	if err := os.Mkdir(filepath.Join(h.disk, "box"), 0o755); err != nil {
		t.Fatal(err)
	}
	up := h.begin("/s/K7/in/x.jpg", 10, "X-Who", "", "X-From", "192.168.1.20")
	if !strings.HasPrefix(up, "/-/tus/s/K7/") {
		t.Errorf("address %s", up)
	}
	h.patch(204, up, 0, []byte("hello"), "X-Who", "", "X-From", "192.168.1.20")
	h.patch(204, up, 5, []byte("world"), "X-Who", "", "X-From", "10.0.0.9")
	h.holds("box/in/x.jpg", []byte("helloworld"))
	// The bare id says nothing to somebody without the link.
	other := h.begin("/s/k7/y", 5, "X-Who", "")
	id := other[strings.LastIndexByte(other, '/')+1:]
	h.want(404, "HEAD", "/-/tus/"+id, nil, "X-Who", "")
	h.want(404, "HEAD", "/-/tus/me/"+id, nil)
	// Climbing ends at the share's own root.
	h.patch(204, h.begin("/s/k7/../../up/x", 5, "X-Who", ""), 0, []byte("hello"), "X-Who", "")
	h.holds("box/up/x", []byte("hello"))
	h.holds("up/x", nil)
}

func TestGuests(t *testing.T) {
	h := open(t)
	if err := os.Mkdir(filepath.Join(h.disk, "guests"), 0o755); err != nil {
		t.Fatal(err)
	}
	h.want(401, "POST", "/-/tus/", nil, "X-Who", "", "Upload-Length", "5", "Upload-Metadata", meta("path", "/files/a"))
	up := h.begin("/files/guests/a", 5, "X-Who", "")
	h.patch(204, up, 0, []byte("hello"), "X-Who", "")
	h.holds("guests/a", []byte("hello"))
}

func TestLostLastAnswer(t *testing.T) {
	h := open(t)
	up := h.begin("/files/a", 5)
	h.patch(204, up, 0, []byte("hello"))
	r := h.want(200, "HEAD", up, nil)
	if r.Header.Get("Upload-Offset") != "5" || r.Header.Get("Upload-Length") != "5" || r.Header.Get("X-Portico-Name") != "a" {
		t.Errorf("%v", r.Header)
	}
	h.want(404, "HEAD", up, nil, "X-Who", "bert")
}

func TestReceiptsAreBounded(t *testing.T) {
	f := finished{by: map[string]*receipt{}}
	start := time.Now()
	for i := range receiptsKept + 10 {
		f.add(fmt.Sprint(i), &receipt{at: start})
	}
	if len(f.by) != receiptsKept || len(f.order) != receiptsKept {
		t.Errorf("%d receipts", len(f.by))
	}
	f.add("late", &receipt{at: start.Add(receiptTime + 1)})
	if len(f.by) != 1 {
		t.Errorf("%d receipts after a day", len(f.by))
	}
}
