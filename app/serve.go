package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"portico/backend/config"
	"portico/backend/server"
)

// serveCommand serves until a signal comes.
type serveCommand struct {
	Folders []string `arg:"" optional:"" name:"folder" help:"Serve this folder under its own name; guests may read."`
	doorFlags
	Volume  []string `short:"v" sep:"none" placeholder:"SRC:MOUNT:PERMS[,USER…]…" help:"Serve SRC at MOUNT; repeatable. See portico help perms."`
	Account []string `short:"a" sep:"none" placeholder:"USER:PASSWORD" help:"An account that exists while this server runs; repeatable."`
	Write   bool     `xor:"guests" help:"Guests may also add files to FOLDER."`
	Inbox   bool     `xor:"guests" help:"Guests may only add files to FOLDER, and see nothing."`
	For     string   `placeholder:"TIME" help:"Stop by itself after 30m, 1h, 2d …"`
	JSON    bool     `name:"json" help:"Write events to stdout, one JSON object per line."`
	Control bool     `help:"Also open the control listener on loopback; its token lies in control.token in the data folder."`
}

func (c *serveCommand) Run(ctx context.Context, con *console, p *place) error {
	o, err := c.options(p)
	if err != nil {
		return err
	}
	window := terminals(con)
	var watched *screen
	if terminal(con.err) && !c.JSON {
		watched = newScreen(con.err)
		con = &console{con.in, con.out, watched}
	}
	log, closer, err := newLog(o.Config.Log, con.err)
	if err != nil {
		return err
	}
	defer closer.Close()
	o.Log = log
	c.tellWhere(con, o)

	signals := make(chan os.Signal, 4)
	// Never given back: one more signal while the last things are put away must not kill.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// Whoever reads what is printed may go; serving goes on.
	signal.Ignore(syscall.SIGPIPE)

	s, err := server.New(ctx, o)
	if err != nil {
		return err
	}
	newest, err := s.Newest(ctx)
	if err == nil {
		err = s.Start(ctx)
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	c.ready(con, s, watched)
	debug.FreeOSMemory() // what starting needed; the collector by itself gives it back much later
	tell := quiet(s)
	if c.JSON || log.Enabled(ctx, slog.LevelWarn) {
		tell = follow(con, s, newest, c.JSON, watched)
	}
	c.wait(ctx, con, s, p, signals, window)
	tell.finish()
	return s.Close()
}

// options turns the command line into what the server is told.
func (c *serveCommand) options(p *place) (server.Options, error) {
	o := server.Options{Version: version, Loopback: c.Control, Settings: p.settings, Save: p.save, Doors: map[string]string{}}
	var err error
	if o.Data, err = p.dir(); err != nil {
		return o, err
	}
	if o.Config, err = p.settings(); err != nil {
		return o, err
	}
	if err := c.doorFlags.put(o.Config, o.Doors); err != nil {
		return o, err
	}
	if c.For != "" {
		if _, err := config.ParseDuration(c.For); err != nil {
			return o, usage{fmt.Errorf("--for: %w", err), "--for 1h"}
		}
	}
	for _, text := range c.Volume {
		v, err := readVolume(text)
		if err != nil {
			return o, err
		}
		if slices.ContainsFunc(o.Volumes, func(x config.Volume) bool { return x.Path == v.Path }) {
			return o, usage{err: fmt.Errorf("-v %s: something is at %s already", text, v.Path)}
		}
		o.Volumes = append(o.Volumes, v)
	}
	for _, folder := range c.Folders {
		v, err := folderVolume(folder, c.guests())
		if err != nil {
			return o, err
		}
		o.Volumes = append(o.Volumes, v)
	}
	o.Given, err = logins(c.Account)
	return o, err
}

func (c *serveCommand) guests() string {
	switch {
	case c.Inbox:
		return "w"
	case c.Write:
		return "rw"
	}
	return "r"
}

// cause is what is wrong with one setting, without its place in a file.
func cause(err error) error {
	var ps config.Problems
	if errors.As(err, &ps) && len(ps) > 0 {
		return errors.New(ps[0].Cause)
	}
	return err
}

// rightAddress is the flag with the address that the settings would take.
func rightAddress(flag string, err error) string {
	var ps config.Problems
	if errors.As(err, &ps) && len(ps) > 0 {
		if _, quoted, ok := strings.Cut(ps[0].Right, "= "); ok {
			if address, err := strconv.Unquote(quoted); err == nil {
				return flag + " " + address
			}
		}
	}
	return flag + " :3923"
}

// wait serves until a signal or the end of --for, then stops: running transfers may end, and a second
// signal cuts them. HUP means that the settings are to be read again; but when it comes because the
// terminal was closed, whoever closed it thinks that nothing is served any more.
func (c *serveCommand) wait(ctx context.Context, con *console, s *server.Server, p *place, signals <-chan os.Signal, window []*os.File) {
	var ended <-chan time.Time
	if d, err := config.ParseDuration(c.For); err == nil {
		timer := time.NewTimer(d.D())
		defer timer.Stop()
		ended = timer.C
	}
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			waiting = false
		case <-ended:
			fmt.Fprintln(con.err, "the time is over")
			waiting = false
		case sig := <-signals:
			if waiting = sig == syscall.SIGHUP && !hungUp(window); waiting {
				c.reload(ctx, con, s, p)
			}
		}
	}
	if n := len(s.Transfers()); n > 0 {
		fmt.Fprintf(con.err, "ending: %s may finish first; ask again (Ctrl-C) to end at once\n", count(n, "transfer"))
	}
	stopping, cut := context.WithTimeout(context.Background(), s.Grace())
	defer cut()
	done := make(chan struct{})
	go func() { defer close(done); s.Leave(stopping) }()
	for {
		select {
		case <-done:
			return
		case sig := <-signals:
			if sig != syscall.SIGHUP {
				cut()
			}
		}
	}
}

// tellWhere says which folders are meant by names that depend on where the command was given.
func (c *serveCommand) tellWhere(con *console, o server.Options) {
	for i, text := range c.Volume {
		if f, err := parseVolume(text, runtime.GOOS == "windows"); err == nil && !filepath.IsAbs(f.Source) {
			fmt.Fprintf(con.err, "%s is served at %s\n", printable(o.Volumes[i].Folder), printable(o.Volumes[i].Path))
		}
	}
}

func (c *serveCommand) reload(ctx context.Context, con *console, s *server.Server, p *place) {
	settings, err := p.settings()
	var applied server.Applied
	if err == nil {
		applied, err = s.Reload(ctx, settings)
	}
	for _, what := range applied.Later {
		fmt.Fprintln(con.err, "takes effect at the next start:", what)
	}
	if err == nil {
		fmt.Fprintln(con.err, "the settings were read again")
	}
	if err != nil {
		con.fail(fmt.Errorf("the settings stay as they were where they could not change:\n%w", err))
	}
}
