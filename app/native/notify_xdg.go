//go:build unix && !darwin

package native

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = "/org/freedesktop/Notifications"
)

// Notifier shows notices by the desktop's notification service (Desktop Notifications 1.2 and 1.3).
// It is safe for concurrent use.
type Notifier struct {
	bus *Bus
	end context.CancelFunc
	on  context.Context

	mu        sync.Mutex
	following bool
	open      map[uint32]Notice
}

// NewNotifier makes a Notifier on the session bus, which may be nil. It asks nothing until the first
// notice.
func NewNotifier(session *Bus) *Notifier {
	on, end := context.WithCancel(context.Background())
	return &Notifier{bus: session, on: on, end: end, open: make(map[uint32]Notice)}
}

// Close stops listening to what becomes of the notices; they stay where they are.
func (n *Notifier) Close() { n.end() }

// Show shows a notice and answers its number. ErrAbsent: nobody shows notices here.
func (n *Notifier) Show(ctx context.Context, what Notice) (uint32, error) {
	var able []string
	if err := n.bus.call(ctx, notifyName, notifyPath, notifyName+".GetCapabilities", 0).Store(&able); err != nil {
		return 0, fmt.Errorf("%w: no notification service answers (%w)", ErrAbsent, err)
	}
	title, body, actions := fit(what, able)
	stays := int32(-1)
	if what.Stays > 0 {
		stays = int32(min(what.Stays.Milliseconds(), 1<<30))
	}
	urgency := byte(1)
	if what.Urgent {
		urgency = 2
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(desktopID),
		"urgency":       dbus.MakeVariant(urgency),
	}

	// The lock is held until the number is known: a click that comes at once waits for it.
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.following && (what.Chosen != nil || what.Closed != nil) {
		if err := n.follow(); err != nil {
			return 0, fmt.Errorf("following notices: %w", err)
		}
		n.following = true
	}
	var id uint32
	err := n.bus.call(ctx, notifyName, notifyPath, notifyName+".Notify", 0,
		"Portico", what.Replaces, desktopID, title, body, actions, hints, stays).Store(&id)
	if err != nil {
		return 0, fmt.Errorf("%w: the notification service refused (%w)", ErrAbsent, err)
	}
	if what.Replaces != id {
		delete(n.open, what.Replaces)
	}
	if n.following {
		n.open[id] = what
	}
	return id, nil
}

// Withdraw takes a notice away. One that is gone already is no error.
func (n *Notifier) Withdraw(ctx context.Context, id uint32) error {
	err := n.bus.call(ctx, notifyName, notifyPath, notifyName+".CloseNotification", 0, id).Err
	if _, refused := err.(dbus.Error); refused {
		return nil
	}
	return err
}

// fit makes of a notice what this service can show.
func fit(n Notice, able []string) (title, body string, actions []string) {
	title, body = line(n.Title, longestTitle), line(n.Body, longestBody)
	switch {
	case !slices.Contains(able, "body") && body != "":
		title, body = line(title+" · "+body, longestTitle), ""
	case slices.Contains(able, "body-markup"):
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	actions = []string{}
	if slices.Contains(able, "actions") {
		for _, a := range n.Actions {
			actions = append(actions, a.Key, line(a.Label, longestTitle))
		}
	}
	return title, body, actions
}

// follow listens for what becomes of notices, as long as the bus is there.
func (n *Notifier) follow() error {
	names := []signal{
		{notifyName, notifyPath, notifyName, "ActionInvoked"},
		{notifyName, notifyPath, notifyName, "NotificationClosed"},
		owner(),
	}
	return n.bus.follow(n.on, n.heard, n.lost, names...)
}

func (n *Notifier) heard(s *dbus.Signal) {
	switch s.Name {
	case notifyName + ".ActionInvoked":
		var id uint32
		var key string
		if dbus.Store(s.Body, &id, &key) != nil {
			return
		}
		n.mu.Lock()
		what, ours := n.open[id]
		n.mu.Unlock()
		// Only what was offered: signals of other programs' notices arrive as well.
		offered := slices.ContainsFunc(what.Actions, func(a Action) bool { return a.Key == key })
		if ours && offered && what.Chosen != nil {
			what.Chosen(key)
		}
	case notifyName + ".NotificationClosed":
		var id, why uint32
		if dbus.Store(s.Body, &id, &why) == nil {
			n.gone(id)
		}
	case "org.freedesktop.DBus.NameOwnerChanged":
		var name, old, now string
		if dbus.Store(s.Body, &name, &old, &now) == nil && name == notifyName && old != "" {
			n.allGone() // the service went, and its notices with it
		}
	}
}

func (n *Notifier) gone(id uint32) {
	n.mu.Lock()
	what, ours := n.open[id]
	delete(n.open, id)
	n.mu.Unlock()
	if ours && what.Closed != nil {
		what.Closed()
	}
}

func (n *Notifier) allGone() {
	n.mu.Lock()
	gone := n.open
	n.open = make(map[uint32]Notice)
	n.mu.Unlock()
	for _, what := range gone {
		if what.Closed != nil {
			what.Closed()
		}
	}
}

func (n *Notifier) lost() {
	n.mu.Lock()
	n.following = false
	n.mu.Unlock()
	n.allGone()
}
