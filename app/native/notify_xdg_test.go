//go:build unix && !darwin

package native

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// daemon is a small notification service.
type daemon struct {
	t     *testing.T
	conn  *dbus.Conn
	shown chan shownNotice
	gone  chan uint32
	last  atomic.Uint32
}

type shownNotice struct {
	id, replaces uint32
	app, icon    string
	title, body  string
	actions      []string
	hints        map[string]dbus.Variant
	stays        int32
}

func newDaemon(t *testing.T, address string, able ...string) *daemon {
	d := &daemon{t: t, conn: service(t, address, notifyName), shown: make(chan shownNotice, 100), gone: make(chan uint32, 100)}
	export(t, d.conn, map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) { return able, nil },
		"Notify": func(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, stays int32) (uint32, *dbus.Error) {
			id := replaces
			if id == 0 {
				id = d.last.Add(1)
			}
			d.shown <- shownNotice{id, replaces, app, icon, title, body, actions, hints, stays}
			return id, nil
		},
		"CloseNotification": func(id uint32) *dbus.Error {
			if id > d.last.Load() {
				return dbus.MakeFailedError(errors.New("no such notice"))
			}
			d.gone <- id
			d.emit("NotificationClosed", id, uint32(3))
			return nil
		},
	}, notifyPath, notifyName)
	return d
}

func (d *daemon) emit(member string, args ...any) {
	d.t.Helper()
	if err := d.conn.Emit(notifyPath, notifyName+"."+member, args...); err != nil {
		d.t.Error(err)
	}
}

func notifier(t *testing.T, b *Bus) *Notifier {
	n := NewNotifier(b)
	t.Cleanup(n.Close)
	return n
}

func TestNoticeIsShownAsTheServiceCan(t *testing.T) {
	what := Notice{Title: "32 files from <b>Pixel</b>\n\x1b[1m8 & co", Body: "a <i>body</i> & more\nlines", Stays: 4 * time.Second,
		Actions: []Action{{Default, "Open folder"}, {"undo", "Undo"}}}
	const title = "32 files from <b>Pixel</b> [1m8 & co"
	for _, c := range []struct {
		name        string
		able        []string
		title, body string
		actions     []string
	}{
		{"everything", []string{"body", "body-markup", "actions"}, title, "a &lt;i&gt;body&lt;/i&gt; &amp; more lines",
			[]string{Default, "Open folder", "undo", "Undo"}},
		{"plain", []string{"body"}, title, "a <i>body</i> & more lines", []string{}},
		{"no body", nil, title + " · a <i>body</i> & more lines", "", []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := privateBus(t)
			d := newDaemon(t, address, c.able...)
			id, err := notifier(t, join(t, address)).Show(t.Context(), what)
			if err != nil {
				t.Fatal(err)
			}
			got := within(t, d.shown, "the notice")
			if got.id != id || got.title != c.title || got.body != c.body || !slices.Equal(got.actions, c.actions) {
				t.Errorf("shown %+v", got)
			}
			if got.app != "Portico" || got.stays != 4000 || got.hints["desktop-entry"].Value() != "portico" || got.hints["urgency"].Value() != byte(1) {
				t.Errorf("shown with %+v", got)
			}
		})
	}
}

func TestNoticeTellsWhatBecomesOfIt(t *testing.T) {
	address := privateBus(t)
	d := newDaemon(t, address, "body", "actions")
	n := notifier(t, join(t, address))
	chosen, closed := make(chan string, 10), make(chan string, 10)
	show := func(name string, replaces uint32) uint32 {
		id, err := n.Show(t.Context(), Notice{Title: name, Replaces: replaces, Actions: []Action{{Default, "Open"}, {"undo", "Undo"}},
			Chosen: func(key string) { chosen <- name + " " + key }, Closed: func() { closed <- name }})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	one, two := show("one", 0), show("two", 0)
	if again := show("one more", one); again != one {
		t.Fatal("replaced", one, "by", again)
	}
	d.emit("ActionInvoked", one+100, "undo")  // somebody else's notice
	d.emit("ActionInvoked", two, "not there") // nothing that was offered
	d.emit("ActionInvoked", "nonsense")
	d.emit("ActionInvoked", two, "undo")
	if got := within(t, chosen, "the choice"); got != "two undo" {
		t.Error("chosen:", got)
	}
	d.emit("NotificationClosed", two, uint32(2))
	if got := within(t, closed, "the end"); got != "two" {
		t.Error("closed:", got)
	}
	d.emit("ActionInvoked", two, "undo") // gone already
	if err := n.Withdraw(t.Context(), one); err != nil {
		t.Error(err)
	}
	if got := within(t, closed, "the end"); got != "one more" {
		t.Error("closed:", got)
	}
	if err := n.Withdraw(t.Context(), 999); err != nil {
		t.Error("withdrawing what is gone:", err)
	}
	show("three", 0)
	d.conn.Close()
	if got := within(t, closed, "the end, with the service"); got != "three" {
		t.Error("closed:", got)
	}
	if len(chosen) > 0 {
		t.Error("chosen as well:", <-chosen)
	}
}

func TestNoticeWithoutService(t *testing.T) {
	if _, err := notifier(t, nil).Show(t.Context(), Notice{Title: "x"}); !errors.Is(err, ErrAbsent) {
		t.Error("without a bus:", err)
	}
	b := join(t, privateBus(t))
	if _, err := notifier(t, b).Show(t.Context(), Notice{Title: "x"}); !errors.Is(err, ErrAbsent) {
		t.Error("without a service:", err)
	}
	b.Close()
	if _, err := notifier(t, b).Show(t.Context(), Notice{Title: "x"}); !errors.Is(err, ErrAbsent) {
		t.Error("with a bus that went:", err)
	}
}

func TestArrivalsBecomeNotices(t *testing.T) {
	address := privateBus(t)
	d := newDaemon(t, address, "body", "actions")
	undone, opened := make(chan []string, 1), make(chan string, 1)
	a := NewArrivals(ArrivalsOptions{Notifier: notifier(t, join(t, address)), Front: func() bool { return false }, Log: quiet(),
		Open: func(folder string) { opened <- folder }, Undo: func(batches []string) { undone <- batches }})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })

	phone := Arrival{Batch: "b1", From: "Pixel 8", Into: "Inbox", Folder: "/inbox", Files: 1, Undo: true, Level: TellBatches}
	for range 31 {
		a.Add(phone)
	}
	phone.Ended = true
	a.Add(phone)
	got := within(t, d.shown, "a notice")
	if got.title != "32 files from Pixel 8 in Inbox" || got.body != "" {
		t.Errorf("shown %+v", got)
	}
	if want := []string{Default, "Open folder", "open", "Open folder", "undo", "Undo"}; !slices.Equal(got.actions, want) {
		t.Errorf("offered %q", got.actions)
	}
	phone.Batch, phone.Files = "b2", 8
	a.Add(phone)
	if more := within(t, d.shown, "the notice again"); more.replaces != got.id || more.title != "40 files from Pixel 8 in Inbox" {
		t.Errorf("shown %+v", more)
	}
	d.emit("ActionInvoked", got.id, "open")
	if at := within(t, opened, "the folder"); at != "/inbox" {
		t.Error("opened", at)
	}
	d.emit("ActionInvoked", got.id, "undo")
	if b := within(t, undone, "undo"); !slices.Equal(b, []string{"b1", "b2"}) {
		t.Error("undone", b)
	}
	d.emit("NotificationClosed", got.id, uint32(2))
	eventually(t, "the notice is forgotten", func() bool { a.mu.Lock(); defer a.mu.Unlock(); return len(a.shown) == 0 })
	phone.Batch, phone.Files = "b3", 1
	a.Add(phone)
	if more := within(t, d.shown, "a new notice"); more.replaces != 0 || more.title != "1 file from Pixel 8 in Inbox" {
		t.Errorf("shown %+v", more)
	}
}
