package api_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/api"
	"portico/backend/event"
	"portico/backend/store"
)

func TestActivityIsOnesOwn(t *testing.T) {
	h := open(t)
	h.as("anna").want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/secret", "parents": true}, nil)
	h.as("anna").want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/secret/plan"}, nil)
	h.owner().want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/owners"}, nil)
	h.as("bert").want(200, "GET", "/-/api/session", nil, nil)
	paths := func(p *person, query string) string {
		t.Helper()
		var out api.Activity
		p.want(200, "GET", "/-/api/activity"+query, nil, &out)
		var list []string
		for _, e := range out.Events {
			if e.Kind == "folder" {
				list = append(list, e.Path)
			}
			if e.Sentence == "" || e.Time == 0 {
				t.Errorf("%+v", e)
			}
		}
		return strings.Join(list, " ")
	}
	if got := paths(h.as("anna"), ""); got != "/files/secret/plan /files/secret" {
		t.Errorf("anna: %s", got)
	}
	if got := paths(h.as("bert"), ""); got != "" {
		t.Errorf("bert sees %s", got)
	}
	if got := paths(h.owner(), ""); got != "/files/owners /files/secret/plan /files/secret" {
		t.Errorf("owner: %s", got)
	}
	var out api.Activity
	h.owner().want(200, "GET", "/-/api/activity?after=1&limit=1", nil, &out)
	if len(out.Events) != 1 || out.Events[0].ID != 2 || !out.More {
		t.Errorf("%+v", out)
	}
	h.owner().want(200, "GET", "/-/api/activity?before=2", nil, &out)
	if len(out.Events) != 1 || out.Events[0].ID != 1 {
		t.Errorf("%+v", out)
	}
	h.as("anna").want(200, "GET", "/-/api/activity?after=1", nil, &out)
	if slices.ContainsFunc(out.Events, func(e api.Fact) bool { return e.ID <= 1 || e.Name != "anna" }) || len(out.Events) == 0 {
		t.Errorf("%+v", out)
	}
	if !slices.IsSortedFunc(out.Events, func(a, b api.Fact) int { return int(a.ID - b.ID) }) {
		t.Errorf("%+v", out)
	}
	h.owner().refused(422, "WEB-FORM-01", "GET", "/-/api/activity?limit=100000", nil)
}

// log writes events as if they had happened.
func (h *house) log(events ...event.Event) {
	h.t.Helper()
	h.must(h.store.Write(h.t.Context(), store.Fast, func(tx *store.Tx) error {
		for _, e := range events {
			if err := tx.Append(&e); err != nil {
				return err
			}
		}
		return nil
	}))
}

// happened fills a log of which the first event has the id that is returned.
func (h *house) happened() (first int64, start time.Time) {
	h.t.Helper()
	start = time.Now().Add(-time.Second).Truncate(time.Millisecond)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	anna := h.anna.String()
	h.log(
		event.Event{Time: at(-1000), Kind: event.Notice, Text: "before all that"},
		event.Event{Time: at(0), Kind: event.Created, Path: "/films/a.mkv", Door: "http", Batch: "b1", Name: "anna", Identity: anna, Remote: "10.0.0.7"},
		event.Event{Time: at(10), Kind: event.Created, Path: "/films", Door: "ftp", Name: "Kamera", Identity: "device:d1"},
		event.Event{Time: at(20), Kind: event.Removed, Path: "/films2/b", Door: "http", Name: "bert", Text: "Grüße"},
		event.Event{Time: at(30), Kind: event.Renamed, Path: "/else/c", From: "/films/c", Door: "sftp", Name: "anna", Identity: anna},
		event.Event{Time: at(40), Kind: event.Wrong, Name: "=anna", Client: "@SUM(1)", Code: "ACC-1"},
	)
	newest, err := h.store.NewestEvent(h.t.Context())
	h.must(err)
	return newest - 4, start
}

func TestActivityFilters(t *testing.T) {
	h := open(t)
	first, start := h.happened()
	base := fmt.Sprintf("/-/api/activity?since=%d", start.UnixMilli())
	ask := func(p *person, query string) (got []int64, more bool) {
		t.Helper()
		var out api.Activity
		p.want(200, "GET", base+query, nil, &out)
		for _, e := range out.Events {
			got = append(got, e.ID-first+1)
		}
		return got, out.More
	}
	for query, want := range map[string][]int64{
		"":                                 {5, 4, 3, 2, 1},
		"&kind=created":                    {2, 1},
		"&kind=removed&kind=renamed":       {4, 3},
		"&kind=removed,renamed":            nil, // one value; see below
		"&path=/films":                     {4, 2, 1},
		"&path=/films/":                    {4, 2, 1},
		"&path=/films/a.mkv":               {1},
		"&path=/":                          {5, 4, 3, 2, 1},
		"&path=/nothing":                   {},
		"&text=gr%C3%BC%C3%9Fe":            {3},
		"&text=GR%C3%9C%C3%9Fe&door=http":  {3},
		"&text=100%25":                     {},
		"&text=10.0.0.7":                   {1},
		"&who=ANNA":                        {4, 1},
		"&who=" + h.anna.String():          {4, 1},
		"&who=device:d1":                   {2},
		"&door=http":                       {3, 1},
		"&batch=b1":                        {1},
		"&door=http&kind=created&who=anna": {1},
		fmt.Sprintf("&until=%d", start.UnixMilli()+20):           {2, 1},
		fmt.Sprintf("&until=%d&door=ftp", start.UnixMilli()+20):  {2},
		fmt.Sprintf("&after=%d&limit=2", first):                  {2, 3},
		fmt.Sprintf("&after=%d&path=/films", first):              {2, 4},
		fmt.Sprintf("&before=%d&limit=2", first+4):               {4, 3},
		fmt.Sprintf("&after=%d&before=%d", first, first+3):       {2, 3},
		fmt.Sprintf("&before=%d&path=/films&limit=1", first+3):   {2},
		fmt.Sprintf("&after=%d&text=gr%%C3%%BC%%C3%%9Fe", first): {3},
	} {
		if want == nil {
			h.owner().refused(422, "WEB-FORM-01", "GET", base+query, nil)
			continue
		}
		if got, _ := ask(h.owner(), query); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
	if got, _ := ask(h.as("anna"), "&before="+fmt.Sprint(first+5)); !slices.Equal(got, []int64{4, 1}) {
		t.Errorf("anna sees %v", got)
	}
	if got, _ := ask(h.as("anna"), "&who=device:d1"); len(got) > 0 {
		t.Errorf("anna sees %v of somebody else", got)
	}
	newest := "&before=" + fmt.Sprint(first+5)
	// A page says whether more follow, in both directions.
	var back, forth []int64
	for query, more := "&limit=2"+newest, true; more; {
		var page []int64
		page, more = ask(h.owner(), query)
		back = append(back, page...)
		query = fmt.Sprintf("&limit=2&before=%d", first+back[len(back)-1]-1)
	}
	for query, more := fmt.Sprintf("&limit=2&after=%d", first-1)+newest, true; more; {
		var page []int64
		page, more = ask(h.owner(), query)
		forth = append(forth, page...)
		query = fmt.Sprintf("&limit=2&after=%d", first+forth[len(forth)-1]-1) + newest
	}
	if !slices.Equal(back, []int64{5, 4, 3, 2, 1}) || !slices.Equal(forth, []int64{1, 2, 3, 4, 5}) {
		t.Errorf("%v, %v", back, forth)
	}
	for _, query := range []string{"&kind=eaten", "&path=films", "&path=/a%00b", "&since=-1", "&until=x", "&until=99999999999999999999", "&colour=red", "&limit=0"} {
		h.owner().refused(422, "WEB-FORM-01", "GET", "/-/api/activity?"+query[1:], nil)
	}
}

func TestActivityAsTable(t *testing.T) {
	h := open(t)
	first, start := h.happened()
	table := func(p *person, query string) [][]string {
		t.Helper()
		resp, text := p.ask("GET", fmt.Sprintf("/-/api/activity.csv?since=%d%s", start.UnixMilli(), query), nil)
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") ||
			!strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment; filename=") {
			t.Fatalf("%d %v: %s", resp.StatusCode, resp.Header, text)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
		if err != nil || rows[0][0] != "id" || !strings.Contains(text, "\r\n") {
			t.Fatalf("%v: %q", err, text)
		}
		return rows[1:]
	}
	all := table(h.owner(), "")
	if len(all) != 5 || all[0][0] != fmt.Sprint(first+4) || all[4][4] != "/films/a.mkv" {
		t.Errorf("%q", all)
	}
	if at, err := time.Parse(time.RFC3339, all[4][1]); err != nil || !at.Equal(start) {
		t.Errorf("%v %v", at, err)
	}
	for _, row := range all {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	if got := table(h.owner(), "&path=/films&limit=2&after="+fmt.Sprint(first)); len(got) != 2 || got[0][4] != "/films" || got[1][4] != "/else/c" {
		t.Errorf("%q", got)
	}
	if got := table(h.as("anna"), "&before="+fmt.Sprint(first+5)); len(got) != 2 {
		t.Errorf("anna sees %q", got)
	}
	if got := table(h.owner(), "&path=/nothing"); len(got) != 0 {
		t.Errorf("%q", got)
	}
	h.guest().refused(401, "ACC-SIGN-01", "GET", "/-/api/activity.csv", nil)
	h.owner().refused(422, "WEB-FORM-01", "GET", "/-/api/activity.csv?kind=eaten", nil)

	// It is read from the log in steps: nothing is lost or stands twice at their borders.
	many := make([]event.Event, 1501)
	for i := range many {
		many[i] = event.Event{Kind: event.Notice, Door: "many", Text: fmt.Sprint(i)}
	}
	h.log(many...)
	for query, want := range map[string]int{"": 1501, "&after=1": 1501, "&limit=1000": 1000, "&limit=1001": 1001} {
		rows := table(h.owner(), "&door=many"+query)
		for i, row := range rows {
			at := len(many) - 1 - i
			if strings.Contains(query, "after") {
				at = i
			}
			if row[16] != fmt.Sprint(at) {
				t.Fatalf("%s: row %d is %q", query, i, row)
			}
		}
		if len(rows) != want {
			t.Errorf("%s: %d rows, want %d", query, len(rows), want)
		}
	}
}
