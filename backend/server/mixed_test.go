package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"portico/backend/config"
)

// TestMixedDoors: sixty-five uploads at once over all doors arrive whole, and hold no more memory than
// that many uploads may, whatever they send in all.
func TestMixedDoors(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	const each, size, most = 13, 2 << 20, 64 << 20
	dir := t.TempDir()
	s := start(t, t.TempDir(), func(o *Options) {
		v := volume("/in", dir, "rw")
		v.Durability = "fast"
		o.Config.Volumes = []config.Volume{v}
		for _, addr := range []*string{&o.Config.FTP.Addr, &o.Config.SFTP.Addr, &o.Config.TFTP.Addr} {
			*addr = "127.0.0.1:0"
		}
	})
	at := make(map[string]string)
	for _, d := range s.Status(t.Context()).Doors {
		at[d.Name] = d.Address
	}
	runtime.GC()
	peak := watchHeap(t)
	var senders sync.WaitGroup
	for door, send := range map[string]func(ctx context.Context, base, name string, content io.Reader) error{
		"http": sendHTTP, "webdav": sendHTTP, "ftp": sendCurl, "sftp": sendSFTP, "tftp": sendCurl,
	} {
		if at[door] == "" {
			t.Fatalf("the %s door is closed", door)
		}
		for i := range each {
			name := fmt.Sprintf("%s-%02d", door, i)
			senders.Go(func() {
				if err := send(t.Context(), at[door], name, lines(name, size)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	senders.Wait()
	all := 5 * each
	used := peak()
	t.Logf("%d MB of memory", used>>20)
	if used > most {
		t.Errorf("%d MB of memory for %d uploads", used>>20, all)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range left {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		found++
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := sum(t, f), sum(t, lines(e.Name(), size)); got != want {
			t.Errorf("%s is not what was sent", e.Name())
		}
		f.Close()
	}
	if found != all {
		t.Errorf("%d files arrived, want %d", found, all)
	}
}

// watchHeap looks how much the heap grows until peak is asked.
func watchHeap(t *testing.T) (peak func() uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, m.HeapInuse
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	return sync.OnceValue(func() uint64 {
		close(end)
		<-done
		return most - before
	})
}

// lines is content of that size that differs from name to name and takes no memory.
func lines(name string, size int64) io.Reader {
	return io.LimitReader(&repeated{text: name + "\n"}, size)
}

type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		m := copy(p[n:], r.text[r.at:])
		n, r.at = n+m, (r.at+m)%len(r.text)
	}
	return len(p), nil
}

func sum(t *testing.T, r io.Reader) [sha256.Size]byte {
	t.Helper()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func sendHTTP(ctx context.Context, base, name string, content io.Reader) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, base+"in/"+name, content)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return errors.New(answer.Status)
	}
	return nil
}

func sendCurl(ctx context.Context, base, name string, content io.Reader) error {
	c := exec.CommandContext(ctx, "curl", "-sS", "--max-time", "120", "--tftp-blksize", "1428", "-T", "-", base+"in/"+name)
	c.Stdin = content
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

func sendSFTP(_ context.Context, base, name string, content io.Reader) error {
	conn, err := ssh.Dial("tcp", strings.Trim(strings.TrimPrefix(base, "sftp:"), "/"), &ssh.ClientConfig{
		User: "anonymous", Auth: []ssh.AuthMethod{ssh.Password("me@example.org")},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	client, err := sftp.NewClient(conn)
	if err != nil {
		return err
	}
	defer client.Close()
	f, err := client.OpenFile("/in/"+name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = f.ReadFrom(content)
	return errors.Join(err, f.Close())
}
