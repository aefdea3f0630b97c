package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/api"
	"portico/backend/event"
	"portico/backend/problem"
	"portico/backend/share"
	"portico/backend/vfs"
)

const (
	iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
	pixel  = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
)

// stream follows what the owner is told, and yields the data of one kind of event.
func stream(t *testing.T, s *Server, kind string) <-chan string {
	t.Helper()
	url, token := s.Control()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/-/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Portico-Token", token)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	out, ready, done := make(chan string, 64), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		name := ""
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if after, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				if name = after; name == "hello" {
					close(ready)
				}
			}
			if after, ok := strings.CutPrefix(lines.Text(), "data: "); ok && name == kind {
				out <- after
			}
		}
	}()
	t.Cleanup(func() { cancel(); resp.Body.Close(); <-done })
	<-ready
	return out
}

func next(t *testing.T, from <-chan string, into any) {
	t.Helper()
	select {
	case text := <-from:
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err, text)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
}

// as opens a URL path as a device and returns the status.
func as(t *testing.T, s *Server, agent, path string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addresses()[0]+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Accept", "application/json")
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func shared(t *testing.T, ask func(int, string, string, any, any)) api.Share {
	t.Helper()
	var list api.ShareList
	ask(200, "POST", "/-/api/desktop/share", map[string]any{"files": []string{folderWith(t, "a.txt")}}, &list)
	return list.Shares[0]
}

func TestVisitsAreTold(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	one := shared(t, ask)
	visits := stream(t, s, "visit")
	if code := as(t, s, iphone, "/s/"+one.Key+"/"); code != 200 {
		t.Fatal(code)
	}
	var v api.Visit
	next(t, visits, &v)
	if v.Share != one.ID || v.Name != "iPhone · Safari" || v.Remote != "127.0.0.1" || !v.First || !v.Here || v.At == 0 {
		t.Errorf("%+v", v)
	}
	as(t, s, iphone, "/s/"+one.Key+"/a.txt") // the same visit
	as(t, s, pixel, "/s/"+one.Key+"/")
	if next(t, visits, &v); v.Name != "Pixel 8 · Chrome" {
		t.Errorf("%+v", v)
	}
	as(t, s, pixel, "/s/0000000000000000/") // a link that opens nothing is no visit
	as(t, s, "curl/8.8.0", "/s/"+one.Key+"/")
	if next(t, visits, &v); v.Name != "curl" {
		t.Errorf("%+v", v)
	}
}

// Whoever follows a folder is not told who else comes.
func TestVisitorsAreNotToldOfVisits(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	one := shared(t, ask)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addresses()[0]+"/-/events?path=/s/"+one.Key+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && lines.Text() != "" { // the hello
	}
	visits := stream(t, s, "visit")
	as(t, s, pixel, "/s/"+one.Key+"/")
	var v api.Visit
	next(t, visits, &v)
	ask(200, "POST", "/-/api/files/mkdir", map[string]any{"path": one.Path + "/new"}, nil)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			if name != "change" {
				t.Errorf("a visitor is told of a %s", name)
			}
			return
		}
	}
	t.Error("the stream ended")
}

// Knocks are noticed where doors accept, whether or not HTTP is spoken; those of this computer itself
// are none.
func TestKnocksAreTold(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	one := shared(t, ask)
	knocks := stream(t, s, "knock")
	at := strings.TrimPrefix(s.Addresses()[0], "http://")
	silent, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	as(t, s, iphone, "/s/"+one.Key+"/")
	if len(s.arrivals.knocks) != 0 {
		t.Errorf("this computer knocks: %v", s.arrivals.knocks)
	}
	s.arrivals.knock("http")(netip.MustParseAddr("192.0.2.7")) // as a door tells of it
	var k api.Knock
	if next(t, knocks, &k); k.Remote != "192.0.2.7" || k.Door != "http" || k.At == 0 {
		t.Errorf("%+v", k)
	}
}

func TestKnocksOnceAMinute(t *testing.T) {
	now := time.Unix(1e9, 0)
	a := newArrivals(func() time.Time { return now }, func(netip.Addr) bool { return false }, func(string, string, string) {})
	news, leave := a.listen()
	knock := a.knock("http")
	from := netip.MustParseAddr("192.0.2.7")
	told := func(want int) {
		t.Helper()
		n := 0
		for len(news) > 0 {
			<-news
			n++
		}
		if n != want {
			t.Errorf("%d arrivals, want %d", n, want)
		}
	}
	for range 5 {
		knock(from)
		now = now.Add(59 * time.Second)
	}
	told(1)
	now = now.Add(2 * time.Second)
	knock(from)
	told(1)
	for i := range 3 * knocksMost {
		knock(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
		now = now.Add(time.Millisecond)
	}
	if len(a.knocks) > knocksMost {
		t.Errorf("%d addresses are remembered", len(a.knocks))
	}
	for i := range 3 * visitsMost {
		a.seen("s", share.Visitor{Remote: from, Client: fmt.Sprint(i)}, true)
	}
	if len(a.visits) > visitsMost {
		t.Errorf("%d visitors are remembered", len(a.visits))
	}
	told(earsRoom) // a slow listener holds nobody up
	leave()
	knock(netip.MustParseAddr("192.0.2.8"))
	told(0)
}

func TestPeople(t *testing.T) {
	data := t.TempDir()
	s, ask := deskOf(t, data)
	one := shared(t, ask)
	visits := stream(t, s, "visit")
	as(t, s, iphone, "/s/"+one.Key+"/")
	var v api.Visit
	next(t, visits, &v)
	find := func(name string) (out api.Person) {
		t.Helper()
		var list api.PersonList
		ask(200, "GET", "/-/api/people", nil, &list)
		i := slices.IndexFunc(list.People, func(p api.Person) bool { return p.Name == name })
		if i < 0 {
			t.Fatalf("no %s among %+v", name, list.People)
		}
		return list.People[i]
	}
	p := find("iPhone · Safari")
	if p.Remote != "127.0.0.1" || p.Client != iphone || p.Blocked || p.First == 0 || p.ID == "" {
		t.Errorf("%+v", p)
	}
	type m map[string]any
	ask(200, "PATCH", "/-/api/people/"+p.ID, m{"name": " Ada's phone "}, &p)
	if p.Name != "Ada's phone" || !p.Named {
		t.Errorf("%+v", p)
	}
	var wrong problem.Problem
	if ask(409, "PATCH", "/-/api/people/"+p.ID, m{"blocked": true}, &wrong); wrong.Code != "WHO-SELF-01" {
		t.Errorf("%+v", wrong)
	}
	ask(404, "PATCH", "/-/api/people/0123456789abcdef", m{"name": "x"}, nil)
	ask(404, "DELETE", "/-/api/people/0123456789abcdef", nil, nil)
	stop(t, s)
	s, ask = deskOf(t, data)
	if p := find("Ada's phone"); !slices.Contains(p.Shares, one.Title) {
		t.Errorf("after a restart: %+v", p)
	}
	ask(204, "DELETE", "/-/api/people/"+p.ID, nil, nil)
	var list api.PersonList
	if ask(200, "GET", "/-/api/people", nil, &list); len(list.People) != 0 {
		t.Errorf("%+v", list)
	}
	stop(t, s)
	_, ask = deskOf(t, data)
	if ask(200, "GET", "/-/api/people", nil, &list); len(list.People) != 0 {
		t.Errorf("what was forgotten came back: %+v", list)
	}
}

// what moved is counted per device and hour, and a day later not any more.
func TestPeopleCount(t *testing.T) {
	p, at := newPeople(), time.Unix(1_700_000_000, 0)
	link := access.Identity{Kind: access.Link, ID: "k", Name: "link “Trip”"}
	e := event.Event{Kind: event.Read, Time: at, Remote: "192.0.2.7", Client: iphone, Identity: link.String(), Name: link.Name, Count: 3, Size: 300}
	p.learn(e)
	e.Kind, e.Count, e.Size, e.Time = event.Created, 0, 50, at.Add(2*time.Hour)
	p.learn(e)
	p.learn(event.Event{Kind: event.Created, Time: at, Identity: "owner:", Remote: "192.0.2.7", Client: iphone, Size: 1})
	p.learn(event.Event{Kind: event.Read, Time: at, Remote: "192.0.2.7", Client: iphone, Identity: "account:7", Name: "ada", Size: 9})
	if len(p.known) != 2 {
		t.Fatalf("%d people", len(p.known))
	}
	one := p.known[personID(link.String(), "192.0.2.7", iphone)]
	if row := p.row(one, at.Add(3*time.Hour)); row.Files != 4 || row.Bytes != 350 || !slices.Equal(row.Shares, []string{"Trip"}) || row.As != "" {
		t.Errorf("%+v", row)
	}
	if row := p.row(one, at.Add(25*time.Hour)); row.Files != 1 || row.Bytes != 50 {
		t.Errorf("a day later: %+v", row)
	}
	ada := p.known[personID("account:7", "198.51.100.1", iphone)]
	if ada == nil || p.row(ada, at).As != "ada" {
		t.Errorf("an account is not the same from another address: %+v", ada)
	}
	for i := range 2 * peopleMost {
		p.learn(event.Event{Kind: event.Read, Time: at.Add(time.Duration(i) * time.Second), Remote: fmt.Sprint("10.0.0.", i), Client: iphone})
	}
	if len(p.known) > peopleMost {
		t.Errorf("%d people are remembered", len(p.known))
	}
}

func TestBlocked(t *testing.T) {
	data := t.TempDir()
	s, ask := deskOf(t, data)
	type m map[string]any
	one := shared(t, ask)
	session := func(remote, visit, client string, id access.Identity) error {
		t.Helper()
		v := s.tree.Session(t.Context(), id, vfs.Origin{Door: "ftp", Remote: remote, Visit: visit, Client: client})
		defer v.Close()
		_, err := v.List("/")
		return err
	}
	link, _, err := s.shares.Open(t.Context(), one.Key, share.Visitor{Remote: netip.MustParseAddr("192.168.7.30"), Door: "ftp", Client: iphone})
	if err != nil {
		t.Fatal(err)
	}
	if err := session("192.168.7.30", "secret", iphone, link); err != nil {
		t.Fatal(err)
	}
	id := personID(link.String(), "192.168.7.30", iphone)
	var p api.Person
	ask(200, "PATCH", "/-/api/people/"+id, m{"blocked": true}, &p)
	if !p.Blocked || !strings.Contains(p.Means, "192.168.7.30") || !strings.Contains(p.Means, "password") {
		t.Errorf("%+v", p)
	}
	check := func(when string, try func(vfs.Origin) error) {
		t.Helper()
		for _, c := range []struct {
			what, remote, visit, client string
			out                         bool
		}{
			{"the same", "192.168.7.30", "secret", iphone, true},
			{"another program there", "192.168.7.30", "", "curl/8", true},
			{"its browser elsewhere", "192.168.7.99", "secret", iphone, true},
			{"a device like it elsewhere", "192.168.7.99", "other", iphone, false},
		} {
			err := try(vfs.Origin{Door: "ftp", Remote: c.remote, Visit: c.visit, Client: c.client})
			if (err != nil) != c.out || c.out && !strings.Contains(err.Error(), "was blocked") {
				t.Errorf("%s, %s: %v", when, c.what, err)
			}
		}
	}
	check("at once", func(o vfs.Origin) error { return session(o.Remote, o.Visit, o.Client, link) })
	stop(t, s)
	s, ask = deskOf(t, data)
	check("after a restart", func(o vfs.Origin) error {
		return blockGuard{s.people}.Admit(t.Context(), &vfs.Op{Verb: vfs.VerbStat, Identity: link, Origin: o})
	})
	var free api.Person
	ask(200, "PATCH", "/-/api/people/"+id, m{"blocked": false}, &free)
	if free.Blocked || free.Means != "" {
		t.Errorf("%+v", free)
	}
	one = shared(t, ask)
	link, _, err = s.shares.Open(t.Context(), one.Key, share.Visitor{Remote: netip.MustParseAddr("192.168.7.30"), Door: "ftp", Client: iphone})
	if err != nil {
		t.Fatal(err)
	}
	if err := session("192.168.7.30", "secret", iphone, link); err != nil {
		t.Errorf("let in again: %v", err)
	}
	b := &blocks{parties: map[string]map[string]struct{}{"account:7": {"iPhone · Safari": {}}}, remotes: map[string]string{}, visits: map[string]string{}}
	ada := access.Identity{Kind: access.Account, ID: "7"}
	if !b.holds(ada, vfs.Origin{Remote: "192.0.2.1", Client: iphone}) || b.holds(ada, vfs.Origin{Remote: "192.0.2.1", Client: pixel}) ||
		b.holds(access.Identity{Kind: access.Link, ID: "k", Behind: &ada}, vfs.Origin{Remote: "192.0.2.1", Client: iphone}) {
		t.Error("a block of an account on one device")
	}
}

// What a blocked device moves at that moment is cut.
func TestBlockCuts(t *testing.T) {
	s, ask := deskOf(t, t.TempDir())
	one := shared(t, ask)
	link, _, err := s.shares.Open(t.Context(), one.Key, share.Visitor{Remote: netip.MustParseAddr("192.168.7.30"), Door: "ftp", Client: iphone})
	if err != nil {
		t.Fatal(err)
	}
	v := s.tree.Session(t.Context(), link, vfs.Origin{Door: "ftp", Remote: "192.168.7.30", Client: iphone})
	defer v.Close()
	f, err := v.Open("/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	ask(200, "PATCH", "/-/api/people/"+personID(link.String(), "192.168.7.30", iphone), map[string]any{"blocked": true}, nil)
	if _, err := f.Read(make([]byte, 1)); err == nil {
		t.Error("a blocked device reads on")
	}
}
