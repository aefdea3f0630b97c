//go:build desktop

package window

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	wails2 "github.com/wailsapp/wails/v2/pkg/runtime"
)

// Options of a Window.
type Options struct {
	// Page is the whole address of the page, its secret in the fragment. Where it is empty, Failed is
	// shown instead: why there is nothing to show.
	Page, Failed string
	Origin       string // of Page: "http://127.0.0.1:PORT"
	Icon         []byte // PNG
	Place        Place
	Moved        func(Place)    // where the window was when it hid
	Dropped      func([]string) // whole names; called on a goroutine of its own
	Closing      func()         // somebody wants to close the window; Hide, Minimise or leave it
	Log          *slog.Logger
}

// Window is made once. Its methods may be called from many goroutines, also before Run.
type Window struct {
	o       Options
	ctx     context.Context // of Wails; there once ready is closed
	ready   chan struct{}
	leaving atomic.Bool
	picking sync.Mutex

	mu     sync.Mutex
	place  Place
	placed bool // place is to be set when the window comes back
	shown  bool // it was shown once, or is not to be
}

// What stands in the way of showing something.
var (
	ErrNoDisplay = errors.New("there is no display to show a window on")
	ErrBusy      = errors.New("another dialog of Portico is open already")
)

// New prepares a window; nothing of the system is touched before Run.
func New(o Options) *Window {
	return &Window{o: o, ready: make(chan struct{}), place: o.Place, placed: o.Place.Known()}
}

// StayHidden has Run show nothing until Show.
func (w *Window) StayHidden() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shown = true
}

// Run shows the window and keeps the calling goroutine, which must be that of main, until Leave. An
// error means that no window could be shown at all.
func (w *Window) Run() (err error) {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return ErrNoDisplay
	}
	defer func() { // a display that is named but does not answer
		if p := recover(); p != nil {
			err = fmt.Errorf("%w (%v)", ErrNoDisplay, p)
		}
	}()
	prepare()
	return wails.Run(w.options())
}

func (w *Window) options() *options.App {
	width, height := w.place.size()
	return &options.App{
		Title: "Portico", Width: width, Height: height, MinWidth: leastWidth, MinHeight: leastHeight,
		BackgroundColour:   options.NewRGB(250, 249, 246),
		AssetServer:        &assetserver.Options{Handler: boot(w.o)},
		LogLevelProduction: logger.ERROR,
		Logger:             quiet{w.o.Log},
		DragAndDrop:        &options.DragAndDrop{EnableFileDrop: true},
		Linux:              &linux.Options{Icon: w.o.Icon, ProgramName: programName, WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		Windows:            &windows.Options{WebviewUserDataPath: webViewFolder()},
		// Windows hands the names of what was dropped to pages of these origins only.
		BindingsAllowedOrigins: bindings(w.o.Origin),
		StartHidden:            true, // until it is where it was
		OnStartup:              w.started,
		OnDomReady:             w.loaded,
		OnBeforeClose:          w.closing,
	}
}

func (w *Window) started(ctx context.Context) {
	w.ctx = ctx
	watch()
	wails2.OnFileDrop(ctx, func(_, _ int, names []string) {
		if names = Mend(names); len(names) > 0 {
			go w.o.Dropped(names)
		}
	})
	close(w.ready)
	if w.leaving.Load() {
		go wails2.Quit(ctx)
	}
}

// loaded comes for the first page, for ours, and whenever it is loaded again.
func (w *Window) loaded(context.Context) {
	w.mu.Lock()
	first := !w.shown
	w.shown = true
	w.mu.Unlock()
	if first {
		if w.place.Maximised {
			wails2.WindowMaximise(w.ctx)
		}
		w.Show()
	}
}

// Show brings the window to the front, from wherever it is. Before Run has begun it does nothing: the
// window comes by itself.
func (w *Window) Show() {
	if !w.up() {
		return
	}
	wails2.WindowUnminimise(w.ctx)
	wails2.WindowShow(w.ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.placed && !w.place.Maximised {
		p := w.seen()
		wails2.WindowSetSize(w.ctx, p.Width, p.Height)
		wails2.WindowSetPosition(w.ctx, p.X, p.Y)
	}
	w.placed = false
}

// seen is the place, on the screen where the window is.
func (w *Window) seen() Place {
	p := w.place
	p.Width, p.Height = p.size()
	screens, err := wails2.ScreenGetAll(w.ctx)
	if err != nil {
		return p
	}
	for _, s := range screens {
		if s.IsCurrent && s.Size.Width > 0 && s.Size.Height > 0 {
			return p.within(s.Size.Width, s.Size.Height)
		}
	}
	return p
}

// Hide takes the window off the screen. Minimise leaves a way back to it where no tray is.
func (w *Window) Hide() {
	if w.up() {
		w.remember()
		wails2.WindowHide(w.ctx)
	}
}

// Minimise makes the window small; see Hide.
func (w *Window) Minimise() {
	if w.up() {
		wails2.WindowMinimise(w.ctx)
	}
}

// up reports whether the system still listens to us.
func (w *Window) up() bool {
	select {
	case <-w.ready:
		return !w.leaving.Load() && !Lost()
	default:
		return false
	}
}

// remember keeps where the window is.
func (w *Window) remember() {
	p := Place{Maximised: wails2.WindowIsMaximised(w.ctx)}
	p.X, p.Y = wails2.WindowGetPosition(w.ctx)
	p.Width, p.Height = wails2.WindowGetSize(w.ctx)
	w.mu.Lock()
	if p.Maximised { // what it would be otherwise stays as it was
		p = w.place
		p.Maximised = true
	}
	w.place, w.placed = p, true
	w.mu.Unlock()
	w.o.Moved(p)
}

// closing is asked for the close button, and when the window is told to end. True keeps the window.
func (w *Window) closing(context.Context) bool {
	if w.leaving.Load() {
		return false
	}
	w.o.Closing()
	return true
}

// Leave ends the window, and with it Run. It returns at once; Run may take as long as a dialog that
// does not let itself be closed is open.
func (w *Window) Leave() {
	if !w.up() {
		w.leaving.Store(true)
		return
	}
	dismiss()
	// A system that hangs must not keep us.
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		w.remember()
		wails2.WindowHide(w.ctx) // it would stand there until the program has ended
	}()
	select {
	case <-kept:
	case <-time.After(500 * time.Millisecond):
	}
	w.leaving.Store(true)
	go wails2.Quit(w.ctx)
}
