package api_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs"
)

func TestTheOwnerSeesEverything(t *testing.T) {
	h := open(t)
	s := h.owner().follow("")
	h.write("/files/secret/plan.txt", "x")
	for {
		var c api.Change
		if msg := s.next("change", &c); c.What != "fact" || c.Fact == nil || msg.id != fmt.Sprint(c.Fact.ID) {
			t.Fatalf("%+v", c)
		}
		if c.Fact.Path == "/files/secret/plan.txt" {
			if c.Fact.Door != "ftp" || c.Fact.Name != "anna" || c.Fact.Sentence == "" || c.Fact.Size != 1 {
				t.Errorf("%+v", c.Fact)
			}
			return
		}
	}
}

func TestTheOwnerSeesWhatMovesAndStopsIt(t *testing.T) {
	h := open(t)
	s := h.owner().follow("")
	anna := h.tree.Session(t.Context(), h.anna, vfs.Origin{Door: "ftp", Remote: "192.168.1.30", Client: "camera"})
	defer anna.Close()
	w, err := anna.Create("/files/movie.mp4", vfs.CreateOptions{Size: 100})
	h.must(err)
	_, err = w.Write(make([]byte, 40))
	h.must(err)
	var list api.TransferList
	for len(list.Transfers) == 0 || list.Transfers[0].Done != 40 {
		s.next("transfer", &list)
	}
	if one := list.Transfers[0]; one.Direction != "in" || one.Total != 100 || one.By.Name != "anna" || one.Door != "ftp" || one.Client != "camera" || one.Path != "/files/movie.mp4" {
		t.Errorf("%+v", one)
	}
	h.as("anna").refused(403, "ACC-ADMIN-01", "GET", "/-/api/transfers", nil)
	var batches api.BatchList
	h.owner().want(200, "GET", "/-/api/batches", nil, &batches)
	if len(batches.Batches) != 1 {
		t.Fatalf("%+v", batches)
	}
	if b := batches.Batches[0]; b.Done != 40 || b.Total != 100 || b.Path != "/files" || b.Client != "camera" || b.By.Name != "anna" || b.Files[0] != list.Transfers[0].ID {
		t.Errorf("%+v", b)
	}
	h.as("anna").refused(403, "ACC-ADMIN-01", "GET", "/-/api/batches", nil)
	h.as("anna").refused(403, "ACC-ADMIN-01", "DELETE", "/-/api/batches/"+batches.Batches[0].ID, nil)
	h.owner().refused(404, "WEB-NONE-01", "DELETE", "/-/api/batches/none", nil)
	h.owner().want(200, "GET", "/-/api/transfers", nil, &list)
	h.owner().want(204, "DELETE", "/-/api/transfers/"+list.Transfers[0].ID, nil, nil)
	if _, err := w.Write(make([]byte, 60)); err == nil {
		t.Error("a stopped transfer goes on")
	}
	for len(list.Transfers) != 0 {
		s.next("transfer", &list)
	}
}

func TestGoingOnWhereItBroke(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	s := h.guest().follow("?path=/files/open")
	h.write("/files/open/one", "x")
	var c api.Change
	last := s.next("change", &c).id
	s.end()
	h.write("/files/open/two", "x")
	h.write("/files/open/three", "x")
	s = h.guest().follow("?path=/files/open", "Last-Event-ID", last)
	if got := s.change() + ", " + s.change(); got != "put /files/open/two f, put /files/open/three f" {
		t.Error(got)
	}
	for _, odd := range []string{"999999999", "-5"} {
		s := h.guest().follow("?path=/files/open", "Last-Event-ID", odd)
		s.next("resync", nil)
		s.end()
	}
}

func TestTooFarBehindStartsAgain(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	h.must(h.store.Write(t.Context(), store.Fast, func(tx *store.Tx) error {
		for range 1500 {
			if err := tx.Append(&event.Event{Kind: event.Notice}); err != nil {
				return err
			}
		}
		return nil
	}))
	s := h.guest().follow("?path=/files/open", "Last-Event-ID", "1")
	var r api.Resync
	s.next("resync", &r)
	if r.Newest < 1500 {
		t.Errorf("%+v", r)
	}
	h.write("/files/open/y", "x")
	if got := s.change(); got != "put /files/open/y f" {
		t.Error(got)
	}
}

// TestWhoReadsSlowly holds up nobody else, and loses nothing that it is not told of.
func TestWhoReadsSlowly(t *testing.T) {
	h := open(t)
	last := int64(-1)
	slow := func() net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.control, "http://"))
		h.must(err)
		t.Cleanup(func() { conn.Close() })
		from := ""
		if last >= 0 {
			from = fmt.Sprintf("Last-Event-ID: %d\r\n", last)
		}
		_, err = fmt.Fprintf(conn, "GET /-/events HTTP/1.1\r\nHost: %s\r\n%s\r\n", conn.RemoteAddr(), from)
		h.must(err)
		return conn
	}
	conn := slow()
	quick := h.owner().follow("")
	// More than the buffers of a connection hold.
	events := make([]event.Event, 600)
	for i := range events {
		events[i] = event.Event{Kind: event.Notice, Path: fmt.Sprint("/n/", i), Code: strings.Repeat("x", 32<<10)}
	}
	h.log(events...)
	for i := range events {
		var c api.Change
		if quick.next("change", &c); c.Path != fmt.Sprint("/n/", i) {
			t.Fatalf("the quick one got %s, want %d", c.Path, i)
		}
	}
	newest, err := h.store.NewestEvent(t.Context())
	h.must(err)
	read := func() error {
		h.must(conn.SetReadDeadline(time.Now().Add(20 * time.Second)))
		r, err := http.ReadResponse(bufio.NewReader(conn), nil)
		h.must(err)
		lines := bufio.NewScanner(r.Body) // it never ends; closing it would wait for that
		lines.Buffer(nil, 1<<20)
		for name := ""; last < newest && lines.Scan(); {
			if word, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = word
			}
			if text, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				id, err := strconv.ParseInt(text, 10, 64)
				h.must(err)
				if name == "change" && last >= 0 && id != last+1 {
					t.Fatalf("%d came after %d, and nothing told of it", id, last)
				}
				last = id
			}
		}
		return lines.Err()
	}
	// Where the quick one took long, the slow one was cut: it goes on where it was.
	for err = read(); last < newest && errors.Is(err, io.ErrUnexpectedEOF); err = read() {
		conn = slow()
	}
	if last != newest {
		t.Errorf("it ended at %d of %d: %v", last, newest, err)
	}
}

// TestCutBehindTheHello: whoever comes back is told first where it goes on, so that nothing is lost when it
// is cut again before the rest has come.
func TestCutBehindTheHello(t *testing.T) {
	h := open(t)
	h.log(event.Event{Kind: event.Notice, Path: "/a"}, event.Event{Kind: event.Notice, Path: "/b"})
	newest, err := h.store.NewestEvent(t.Context())
	h.must(err)
	for asked, want := range map[string]int64{"": newest, fmt.Sprint(newest - 1): newest - 1, fmt.Sprint(newest): newest, fmt.Sprint(newest + 1): newest, "x": newest} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.control+"/-/events", nil)
		h.must(err)
		r.Header.Set("Last-Event-ID", asked)
		resp, err := http.DefaultClient.Do(r)
		h.must(err)
		first := make([]byte, 64)
		_, err = io.ReadFull(resp.Body, first)
		h.must(err)
		resp.Body.Close()
		if !strings.HasPrefix(string(first), fmt.Sprintf("event: hello\nid: %d\n", want)) {
			t.Errorf("after %q: %q, want %d", asked, first, want)
		}
	}
}

func TestHeartbeats(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	s := h.guest().follow("?path=/files/open")
	for range 3 {
		select {
		case m, ok := <-s.list:
			if !ok || m.name != "beat" {
				t.Fatalf("%v %+v", ok, m)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("no heartbeat")
		}
	}
}

func TestStreamsOfOneAddressAreCounted(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	var streams []*stream
	for range 64 {
		streams = append(streams, h.guest().follow("?path=/files/open"))
	}
	p := h.guest().refused(429, "NET-MANY-01", "GET", "/-/events?path=/files/open", nil)
	if p.Retry == 0 {
		t.Errorf("%+v", p)
	}
	streams[0].end()
	deadline := time.Now().Add(20 * time.Second)
	for {
		resp, err := http.Get(h.url + "/-/events?path=/files/open")
		h.must(err)
		resp.Body.Close()
		if resp.StatusCode == 200 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a place that was left stays taken")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	s := h.guest().follow("?path=/files/open")
	h.api.Close()
	if left := s.ended(); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}

func TestWhoAdministersNoMoreHearsNoMore(t *testing.T) {
	h := open(t)
	s := h.as("root").follow("")
	list, err := h.accounts.List(t.Context())
	h.must(err)
	for _, a := range list {
		if a.Name == "root" {
			user := account.RoleUser
			_, err := h.accounts.Update(t.Context(), a.ID, account.Change{Role: &user})
			h.must(err)
		}
	}
	left := s.ended()
	if len(left) == 0 || !strings.Contains(left[len(left)-1].data, `"over"`) {
		t.Errorf("%+v", left)
	}
}

func TestStreamsAreBegunAnewNowAndThen(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	h.life = time.Millisecond
	h.serve(slog.New(slog.DiscardHandler))
	s := h.guest().follow("?path=/files/open")
	if left := s.ended(); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}
