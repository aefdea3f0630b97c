package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// webdav compares with the handler of x/net on the standard library's server: a listing of 1,000 files,
// and 2,000 × 4 KiB up and down by the requests of rclone, eight at a time, without the 10 ms that rclone
// itself waits before each.
func (b *Bench) webdav(ctx context.Context) ([]Row, error) {
	mine, theirs := filepath.Join(b.Memory, "dav"), filepath.Join(b.Memory, "dav-x")
	for _, dir := range []string{mine, theirs} {
		defer os.RemoveAll(dir)
		for i := range 1000 {
			if err := content(filepath.Join(dir, "many", fmt.Sprintf("file-%04d.txt", i)), 64); err != nil {
				return nil, err
			}
		}
	}
	ours, err := b.serve(ctx, mine, "fast")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	peer, err := startProcess(ctx, b.FileServer, theirs, "dav")
	if err != nil {
		return nil, err
	}
	defer peer.stop()
	listed, err := pairs(7, davList(ctx, ours), davList(ctx, peer))
	if err != nil {
		return nil, err
	}
	rows := []Row{listed.row("PROPFIND of 1,000", "ms", "x/net/webdav")}
	rows[0].Goal, rows[0].Met = "≤ 8 ms", rows[0].Value <= 8
	for _, way := range []struct {
		load string
		do   func(ctx context.Context, url string, round int) error
	}{{"2,000 × 4 KiB up as rclone", davUp}, {"2,000 × 4 KiB down as rclone", davDown}} {
		moved, err := pairs(5, davMove(ctx, ours, way.do), davMove(ctx, peer, way.do))
		if err != nil {
			return nil, err
		}
		row := moved.row(way.load, "s", "x/net/webdav")
		row.Goal, row.Met = "≤ 1 ×", row.Ratio <= 1
		rows = append(rows, row)
	}
	return rows, nil
}

// davList measures listings of the folder of a server.
func davList(ctx context.Context, p *process) func() (sample, error) {
	const rounds = 10
	return func() (sample, error) {
		s, err := p.sample(func() (float64, error) {
			return repeat(rounds, func() (float64, error) {
				started := time.Now()
				err := propfind(ctx, http.DefaultClient, p.url+"/many/", "1", 100_000)
				return float64(time.Since(started).Microseconds()) / 1000, err
			})
		})
		s.cpu /= rounds
		return s, err
	}
}

// davMove measures how long a server takes for many files.
func davMove(ctx context.Context, p *process, do func(ctx context.Context, url string, round int) error) func() (sample, error) {
	round := 0
	return func() (sample, error) {
		return p.sample(func() (float64, error) {
			started := time.Now()
			err := do(ctx, p.url, round)
			round++
			return time.Since(started).Seconds(), err
		})
	}
}

// propfind asks for a folder or a file and insists on an answer of at least so many bytes.
func propfind(ctx context.Context, client *http.Client, url, depth string, least int64) error {
	const ask = `<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:displayname/><d:getlastmodified/><d:getcontentlength/><d:resourcetype/><d:getcontenttype/><oc:checksums/></d:prop></d:propfind>`
	r, err := http.NewRequestWithContext(ctx, "PROPFIND", url, bytes.NewReader([]byte(ask)))
	if err != nil {
		return err
	}
	r.Header.Set("Depth", depth)
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && (answer.StatusCode != http.StatusMultiStatus || n < least) {
		err = fmt.Errorf("PROPFIND %s: %s, %d bytes", url, answer.Status, n)
	}
	return err
}

const davFiles = 2000

// davUp sends files, each followed by a look at what has become of it.
func davUp(ctx context.Context, url string, round int) error {
	base := fmt.Sprintf("%s/up%d/", url, round)
	if err := request(ctx, http.DefaultClient, "MKCOL", base, nil); err != nil {
		return err
	}
	return eightAtOnce(ctx, func(client *http.Client, i int) error {
		url := fmt.Sprintf("%sfile-%06d.bin", base, i)
		body := bytes.Repeat(fmt.Appendf(nil, "%015d\n", i), 256)
		if err := request(ctx, client, http.MethodPut, url, body); err != nil {
			return err
		}
		return propfind(ctx, client, url, "0", 100)
	})
}

// davDown lists the first folder that was sent and fetches every file in it.
func davDown(ctx context.Context, url string, _ int) error {
	base := url + "/up0/"
	if err := propfind(ctx, http.DefaultClient, base, "1", 100_000); err != nil {
		return err
	}
	return eightAtOnce(ctx, func(client *http.Client, i int) error {
		return request(ctx, client, http.MethodGet, fmt.Sprintf("%sfile-%06d.bin", base, i), nil)
	})
}

// eightAtOnce does something for each file over eight connections.
func eightAtOnce(ctx context.Context, do func(client *http.Client, i int) error) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	for first := range 8 {
		workers.Go(func() {
			for i := first; i < davFiles && ctx.Err() == nil; i += 8 {
				if err := do(client, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}
