//go:build desktop && (linux || windows)

package tray

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"fyne.io/systray"
)

// Options of a Tray.
type Options struct {
	// Icon returns the picture of a face, in the form that the system wants.
	Icon func(Face) []byte
	// Do is called for every click, on a goroutine of its own.
	Do  func(Action)
	Log *slog.Logger
}

// Tray is the icon as it stands. Its methods may be called from many goroutines.
type Tray struct {
	o    Options
	bus  *bus
	stop func()

	mu    sync.Mutex // guards what follows, and every call of systray, which is one global thing
	menu  []Item
	lines []*line // of menu, depth first, without separators
	face  Face
	text  string
	frame int
	tick  *time.Timer // turns the next frame while files move
	ended bool
}

// line is one entry of the menu as the system has it.
type line struct {
	item   *systray.MenuItem
	action Action // guarded by Tray.mu
}

// Start puts the icon into the tray. It returns nil where there can be none: without a session bus.
// Where only nobody shows icons yet (Hosted), it appears when somebody does.
func Start(o Options) *Tray {
	b, err := dialBus()
	if err != nil {
		o.Log.Info("there is no tray here", "error", err)
		return nil
	}
	t := &Tray{o: o, bus: b, face: Idle, text: "Portico"}
	// These three say, before it starts, who we are and that a click opens the window.
	systray.SetOnTapped(func() { go o.Do(Action{Verb: Open}) })
	systray.SetTitle("Portico")
	systray.SetTooltip(t.text)
	systray.SetIcon(o.Icon(Idle))
	t.stop = begin(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.build(Menu(State{}))
	})
	return t
}

// Hosted reports whether somebody shows the icon, so that a window can hide behind it.
func (t *Tray) Hosted(ctx context.Context) bool { return t != nil && t.bus.hosted(ctx) }

// Show makes icon and menu say how things stand.
func (t *Tray) Show(s State) {
	menu := Menu(s)
	face, text := Look(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	if !t.change(menu) {
		systray.ResetMenu()
		t.build(menu)
	}
	if text != t.text {
		systray.SetTooltip(text)
		t.text = text
	}
	if face == t.face {
		return
	}
	t.face, t.frame = face, 0
	if t.tick != nil {
		t.tick.Stop()
		t.tick = nil
	}
	if face == Moving {
		t.turn()
		return
	}
	systray.SetIcon(t.o.Icon(face))
}

// turn shows the next picture of what moves; the caller holds mu.
func (t *Tray) turn() {
	const frames = 3
	systray.SetIcon(t.o.Icon(Moving + Face("-"+string(rune('1'+t.frame)))))
	t.frame = (t.frame + 1) % frames
	t.tick = time.AfterFunc(600*time.Millisecond, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.face == Moving && !t.ended {
			t.turn()
		}
	})
}

// End takes the icon away.
func (t *Tray) End() {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.ended = true
	if t.tick != nil {
		t.tick.Stop()
	}
	t.mu.Unlock()
	t.stop()
	t.bus.close()
}

// build makes a menu where none is; the caller holds mu.
func (t *Tray) build(menu []Item) {
	t.menu, t.lines = menu, nil
	for _, item := range menu {
		if item.Label == "" {
			systray.AddSeparator()
			continue
		}
		var m *systray.MenuItem
		if item.Mark == Plain {
			m = systray.AddMenuItem(item.Label, item.Tooltip)
		} else {
			m = systray.AddMenuItemCheckbox(item.Label, item.Tooltip, item.Mark == On)
		}
		t.add(m, item)
	}
}

// add takes an entry in, and what hangs below it.
func (t *Tray) add(m *systray.MenuItem, item Item) {
	l := &line{m, item.Do}
	t.lines = append(t.lines, l)
	if item.Dimmed {
		m.Disable()
	}
	go t.listen(l)
	for _, kid := range item.Kids {
		switch {
		case kid.Label == "":
			m.AddSeparator()
		case kid.Mark == Plain:
			t.add(m.AddSubMenuItem(kid.Label, kid.Tooltip), kid)
		default:
			t.add(m.AddSubMenuItemCheckbox(kid.Label, kid.Tooltip, kid.Mark == On), kid)
		}
	}
}

// listen waits for clicks until the entry is taken away. A click that comes while nobody listens is
// lost, so it only passes them on.
func (t *Tray) listen(l *line) {
	for range l.item.ClickedCh {
		t.mu.Lock()
		action := l.action
		t.mu.Unlock()
		if action.Verb != "" {
			go t.o.Do(action)
		}
	}
}

// change makes the menu that stands say something else, where the entries are the same ones: a menu
// that is built anew closes under the mouse. The caller holds mu.
func (t *Tray) change(menu []Item) bool {
	if !alike(t.menu, menu) {
		return false
	}
	i := 0
	var walk func(old, now []Item)
	walk = func(old, now []Item) {
		for k := range now {
			if now[k].Label == "" {
				continue
			}
			t.lines[i].set(old[k], now[k])
			i++
			walk(old[k].Kids, now[k].Kids)
		}
	}
	walk(t.menu, menu)
	t.menu = menu
	return true
}

func (l *line) set(old, now Item) {
	l.action = now.Do
	if old.Label != now.Label {
		l.item.SetTitle(now.Label)
	}
	if old.Tooltip != now.Tooltip {
		l.item.SetTooltip(now.Tooltip)
	}
	if old.Mark != now.Mark && now.Mark == On {
		l.item.Check()
	} else if old.Mark != now.Mark {
		l.item.Uncheck()
	}
	if old.Dimmed != now.Dimmed && now.Dimmed {
		l.item.Disable()
	} else if old.Dimmed != now.Dimmed {
		l.item.Enable()
	}
}
