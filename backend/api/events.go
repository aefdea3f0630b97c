package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/event"
	"portico/backend/problem"
)

const (
	behindLimit  = 1000                   // events; who is further behind is told to load everything again
	transferTick = 250 * time.Millisecond // between two looks at the transfers
	restTick     = time.Second            // the same while nothing moves, and nothing begins to
)

// Hello opens every event stream.
type Hello struct {
	Time   int64 `json:"time" doc:"The server's clock, milliseconds since 1970"`
	Newest int64 `json:"newest" doc:"Id of the newest event; what was loaded after this hello is not older"`
}

// Change tells that something happened. A stream of one folder tells of that folder only and says
// no more than its visitor could see by listing it; whoever administers gets the whole fact.
type Change struct {
	What  string `json:"what" enum:"put,gone,over,fact" doc:"put: entry is new or has changed; gone: something went, list the folder again; over: the folder itself is not there for you any more, the stream ends; fact: see fact"`
	Path  string `json:"path,omitempty" doc:"URL path of the entry, or of the folder"`
	Entry *Row   `json:"entry,omitempty"`
	Fact  *Fact  `json:"fact,omitempty"`
}

// Resync tells that events were left out: load again what is shown.
type Resync struct {
	Newest int64 `json:"newest" doc:"Id of the newest event"`
}

// TransferList is what is under way now; it is sent at most four times a second, when it changed.
type TransferList struct {
	Transfers []Transfer `json:"transfers" nullable:"false"`
}

// Source is the log of events: to follow, to look through, and how far it goes.
type Source interface {
	event.Source
	event.Newest
	event.Log
}

// serveEvents streams the changes of one folder (?path=), or everything to whoever administers.
func (a *API) serveEvents(w http.ResponseWriter, r *http.Request) {
	c := callerOf(r.Context())
	f, err := c.follower(r.URL.Query().Get("path"))
	if err != nil {
		c.problem(err).Write(w)
		return
	}
	f.page = f.all && a.o.Control && a.o.Desktop != nil && r.URL.Query().Get("desktop") != "no"
	leave, p := a.streams.enter(f.at.Origin().Remote)
	if p != nil {
		p.Write(w)
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	newest, err := a.o.Source.NewestEvent(ctx)
	if err != nil {
		c.problem(err).Write(w)
		return
	}
	if f.all {
		if _, f.summed, err = a.changedBatches(ctx, 0); err != nil {
			c.problem(err).Write(w)
			return
		}
	}
	news, over := f.arrivals() // from before the hello on, so that none is missed after it
	defer over()
	f.wire, f.news = newWire(w), news
	after, known := since(r, newest)
	// A client that is cut right behind the hello goes on from there, too: so its id is where this begins.
	if f.wire.send("hello", after, Hello{Time: time.Now().UnixMilli(), Newest: newest}) != nil {
		return
	}
	if !known && f.wire.send("resync", newest, Resync{newest}) != nil {
		return
	}
	f.run(ctx, after)
}

// since is the event after which a stream goes on; known is false where a client saw another one last, and
// has to load everything again.
func since(r *http.Request, newest int64) (after int64, known bool) {
	last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return newest, true
	}
	if last < 0 || last > newest || newest-last > behindLimit {
		return newest, false
	}
	return last, true
}

// follower is one open stream.
type follower struct {
	*caller
	at     at
	folder string // canonical tree path of the one folder; "" with all
	all    bool   // everything, for whoever administers
	page   bool   // the page in the window, which learns what happens on the desktop
	wire   wire
	news   <-chan Arrival // who comes; nil: that is not told
	shown  []byte         // transfers as they were last sent
	placed uint64         // the networks, as they were last sent
	summed uint64         // the batches, as they were last sent
	waits  uint64         // who waits to be let in, as it was last sent
	proof  *proof
	judged time.Time       // when the stream was last found to stand
	looked time.Time       // at what moves
	begins <-chan struct{} // closed when something begins to move; nil: something does
}

func (c *caller) follower(path string) (*follower, error) {
	if path == "" {
		if err := c.needAdmin(); err != nil {
			return nil, err
		}
		now, proof := time.Now(), c.proofOf("/")
		p, err := c.at("/")
		return &follower{caller: c, at: p, all: true, proof: proof, judged: now, placed: c.api.networksVersion(), waits: c.api.o.Shares.AskingChanged()}, err
	}
	now, proof := time.Now(), c.proofOf(path)
	p, err := c.at(path)
	if err != nil {
		return nil, err
	}
	f := &follower{caller: c, at: p, proof: proof, judged: now}
	e, err := p.Stat(p.name)
	if err != nil {
		return nil, err
	}
	if !e.IsFolder() {
		return nil, invalid("query.path", "must be a folder")
	}
	if f.folder, err = p.Canonical(p.name); err != nil {
		return nil, err
	}
	if !f.lists() {
		return nil, &problem.Problem{Status: http.StatusForbidden, Code: "ACC-RIGHT-02", Title: "Not allowed",
			Detail: "You may add files here, but not see what others add.", Next: "Nothing needs to be done."}
	}
	return f, nil
}

// run sends until the client goes, the rights end or the server stops.
func (f *follower) run(ctx context.Context, after int64) {
	facts, stop := f.facts(ctx, after)
	defer func() { stop() }()
	beat := time.NewTicker(f.api.o.Heartbeat)
	defer beat.Stop()
	life := time.NewTimer(f.api.o.StreamLife)
	defer life.Stop()
	look := time.NewTimer(transferTick)
	if !f.all {
		look.Stop()
	}
	defer look.Stop()
	var shell <-chan DesktopEvent
	if f.page {
		shell = f.api.o.Desktop.Happenings(ctx)
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case e, ok := <-shell:
			if !ok {
				return
			}
			err = f.wire.send("desktop", 0, e)
		case <-f.api.streams.stop:
			return
		case <-life.C:
			return
		case <-beat.C:
			f.judged = time.Time{}
			if f.ended(ctx) {
				return
			}
			err = f.wire.beat()
		case <-look.C:
			if f.ended(ctx) {
				return
			}
			look.Reset(f.pace())
			err = errors.Join(f.transfers(), f.batches(ctx), f.networks(ctx), f.asked(ctx))
		case <-f.begins:
			look.Reset(f.soon())
		case news := <-f.news:
			if f.ended(ctx) {
				return
			}
			err = f.arrived(news)
		case e, ok := <-facts:
			if !ok || f.ended(ctx) {
				return
			}
			if f.begins != nil {
				look.Reset(f.soon())
			}
			newest, behind := f.behind(ctx, e)
			if !behind {
				err = f.tell(e)
				break
			}
			stop()
			facts, stop = f.facts(ctx, newest)
			err = f.wire.send("resync", newest, Resync{newest})
		}
		if err != nil {
			return
		}
	}
}

// facts follows the log after an id. Only one event waits in it: a client that reads slowly holds up
// its own cursor and nothing else.
func (f *follower) facts(ctx context.Context, after int64) (<-chan event.Event, func()) {
	ctx, cancel := context.WithCancel(ctx)
	out, done := make(chan event.Event), make(chan struct{})
	go func() {
		defer close(done)
		defer close(out)
		for e, err := range f.api.o.Bus.Follow(ctx, after) {
			if err != nil {
				continue // the bus has logged it and tries again
			}
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() { cancel(); <-done }
}

// behind reports whether an event is so old that it is not worth telling any more.
func (f *follower) behind(ctx context.Context, e event.Event) (newest int64, behind bool) {
	if time.Since(e.Time) < writePatient {
		return 0, false
	}
	newest, err := f.api.o.Source.NewestEvent(ctx)
	return newest, err == nil && newest-e.ID > behindLimit
}

// transfers sends what is under way when it differs from what was sent last.
func (f *follower) transfers() error {
	list := TransferList{Transfers: f.api.transfers()}
	text, err := json.Marshal(list)
	if err != nil || bytes.Equal(text, f.shown) || f.shown == nil && len(list.Transfers) == 0 {
		return err
	}
	f.shown = text
	return f.wire.send("transfer", 0, list)
}

// pace is how long nobody has to look again, unless something begins before.
func (f *follower) pace() time.Duration {
	f.looked = time.Now()
	begins := f.api.o.Tree.Begins() // from before the look on, so that none is missed after it
	if len(f.api.o.Tree.Transfers()) > 0 {
		f.begins = nil
		return transferTick
	}
	f.begins = begins
	return restTick
}

// soon is how long the next look has to wait, for what happened just now.
func (f *follower) soon() time.Duration {
	f.begins = nil
	return max(0, transferTick-time.Since(f.looked))
}

// batches sends those that changed since they were sent last.
func (f *follower) batches(ctx context.Context) error {
	list, version, err := f.api.changedBatches(ctx, f.summed)
	if err != nil {
		return nil // the log says why, and is asked again in a moment
	}
	f.summed = version
	for _, b := range list {
		if err := f.wire.send("batch", 0, b); err != nil {
			return err
		}
	}
	return nil
}

// describeEvents adds the stream to the document, so that its types are generated.
func describeEvents(doc *huma.OpenAPI) {
	events := []struct {
		name string
		data reflect.Type
	}{{"hello", reflect.TypeFor[Hello]()}, {"change", reflect.TypeFor[Change]()},
		{"transfer", reflect.TypeFor[TransferList]()}, {"batch", reflect.TypeFor[Batch]()}, {"desktop", reflect.TypeFor[DesktopEvent]()}, {"resync", reflect.TypeFor[Resync]()},
		{"network", reflect.TypeFor[LocalNetworkList]()}, {"asking", reflect.TypeFor[AskingList]()},
		{"visit", reflect.TypeFor[Visit]()}, {"knock", reflect.TypeFor[Knock]()}}
	var kinds []*huma.Schema
	for _, e := range events {
		kinds = append(kinds, &huma.Schema{Type: huma.TypeObject, Title: e.name, Required: []string{"event", "data"},
			Properties: map[string]*huma.Schema{
				"event": {Type: huma.TypeString, Enum: []any{e.name}},
				"id":    {Type: huma.TypeInteger, Description: "Send it back as Last-Event-ID to go on from here"},
				"data":  doc.Components.Schemas.Schema(e.data, true, e.name),
			}})
	}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/-/events", OperationID: "events", Summary: "Follow what happens",
		Description: "Server-sent events. A comment is sent every 15 seconds. Without path it needs whoever administers.",
		Tags:        []string{"activity"},
		Parameters: []*huma.Param{
			{Name: "path", In: "query", Description: "URL path of the folder to follow", Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: "desktop", In: "query", Description: "no: somebody other than the page in the window of this computer, who does not act on what happens there", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"no"}}},
			{Name: "Last-Event-ID", In: "header", Schema: &huma.Schema{Type: huma.TypeInteger}},
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/event-stream": {
				Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{OneOf: kinds}}}}},
			"default": failure(doc),
		},
	})
}
