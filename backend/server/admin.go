package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery"
	"portico/backend/listen"
	"portico/backend/problem"
)

// admin is api.Admin: what whoever administers does with the house, over HTTP.
type admin struct{ s *Server }

// Door opens, moves or closes a door.
func (d admin) Door(ctx context.Context, name string, to api.DoorChange) (api.Door, error) {
	// The change is done whole, also when the door that it came through is the one that closes.
	ctx = context.WithoutCancel(ctx)
	g := d.s.gate(name)
	if g == nil {
		return api.Door{}, problem.Absent()
	}
	_, want, _ := g.now()
	if to.Open != nil && !*to.Open {
		want = off
	} else if to.Open != nil || want != off {
		want = d.s.place(ctx, g, want, to.Port)
	} else if to.Port != nil {
		return api.Door{}, refused("NET-DOOR-01", "The door is closed", "A closed door has no port.", "Open it with that port.")
	}
	err := d.s.SetDoor(ctx, name, want)
	var port *listen.RefusedError
	if errors.As(err, &port) {
		return api.Door{}, refused("NET-PORT-01", "The port cannot be had", port.Error()+".", "Choose another port, or close the program that has it.")
	}
	if err != nil {
		return api.Door{}, err
	}
	return d.s.doorNow(g), nil
}

// place is where a door shall be: where it is, or else where the command line wants it, where it was, or
// where the settings want it; at another port if one is given.
func (s *Server) place(ctx context.Context, g *gate, now string, port *int) string {
	c := s.config()
	for _, want := range []string{s.o.Doors[g.name], s.chosen(ctx, g).Was, g.wants(&c), g.standard} {
		if now == off && want != "" {
			now = want
		}
	}
	if host, _, err := splitPort(now); port != nil && err == nil {
		return host + ":" + strconv.Itoa(*port)
	}
	return now
}

// Eject lets go of a volume's disk.
func (d admin) Eject(ctx context.Context, volume string, now bool) error {
	return d.about(volume, "It cannot be let go now", "Files move there, or its disk is not connected.", "Wait for the transfers, or cut them.",
		func() error { return d.s.Eject(context.WithoutCancel(ctx), volume, now) })
}

// Accept takes the disk that is there now.
func (d admin) Accept(ctx context.Context, volume string) error {
	return d.about(volume, "It cannot be taken", "Its disk is not connected, or cannot be used.", "Connect it first.",
		func() error { return d.s.Accept(context.WithoutCancel(ctx), volume) })
}

// about does something with a volume. The server's own words may name places of the disk; they go to
// the log.
func (d admin) about(volume, title, detail, next string, do func() error) error {
	d.s.volumes.mu.Lock()
	_, err := d.s.volume(volume)
	d.s.volumes.mu.Unlock()
	if err != nil {
		return problem.Absent()
	}
	if err := do(); err != nil {
		d.s.log.Warn("a volume stays as it is", "volume", volume, "error", err)
		return refused("VOL-DISK-01", title, detail, next)
	}
	return nil
}

// Placed returns where a file or folder of this computer is in the tree.
func (d admin) Placed(ctx context.Context, file string) (string, error) {
	if !filepath.IsAbs(file) {
		return "", refused("SHARE-PATH-01", "Not a whole path", "A file of this computer is named by its whole path.", "Send the whole path.")
	}
	if _, err := os.Stat(file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fs.ErrNotExist
		}
		return "", refused("SHARE-PATH-02", "It cannot be opened", "“"+filepath.Base(file)+"” cannot be opened by this program.", "Check who may read it.")
	}
	at, err := d.s.treePath(context.WithoutCancel(ctx), file)
	if err != nil {
		d.s.log.Warn("something dropped cannot be served", "file", file, "error", err)
		return "", refused("SHARE-PATH-03", "It cannot be shared", "“"+filepath.Base(file)+"” lies where nothing is served from.", "Move it elsewhere, or see the log.")
	}
	return at, nil
}

// Network tells by which addresses others reach this computer.
func (d admin) Network(context.Context) api.Network {
	list, chosen := d.s.addrs.ranked()
	out := api.Network{Chosen: chosen, Addresses: []api.NetworkAddress{}}
	bases := d.s.bases(d.s.gate("http"))
	for _, a := range list {
		row := api.NetworkAddress{Address: a.Addr.String(), Interface: a.Interface, Kind: a.Kind.String(), Wireless: a.Wireless}
		for _, base := range bases {
			if _, at, _ := strings.Cut(base, "://"); at == a.Host() || strings.HasPrefix(at, a.Host()+":") {
				row.URL = base
			}
		}
		out.Addresses = append(out.Addresses, row)
	}
	return out
}

// ChooseNetwork puts the addresses of one interface first, and remembers that.
func (d admin) ChooseNetwork(ctx context.Context, name string) error {
	var keep any
	if name != "" {
		keep = name
	}
	if err := d.s.setSetting(ctx, "network", keep); err != nil {
		return err
	}
	d.s.places.choose(name, true)
	d.s.keepPlaces()
	d.s.addrs.choose(d.s.places.choice())
	return nil
}

// Settings returns every setting.
func (d admin) Settings(context.Context) (out []api.SettingGroup) {
	c := d.s.config()
	for _, g := range config.Describe(&c) {
		group := api.SettingGroup{Key: g.Key, About: g.Doc, Settings: []api.Setting{}}
		for _, s := range g.Settings {
			group.Settings = append(group.Settings, api.Setting{
				Key: s.Key, Kind: string(s.Kind), Value: s.Value, Default: s.Default, Set: s.Set,
				About: s.Doc, Risk: s.Risk, Choices: s.Choices, Min: s.Min, Max: s.Max, Example: s.Example,
			})
		}
		out = append(out, group)
	}
	return out
}

// ChangeSettings keeps other values in the settings file and puts them in force.
func (d admin) ChangeSettings(ctx context.Context, changes []api.SettingChange) (out api.SettingAnswer, err error) {
	ctx = context.WithoutCancel(ctx)
	if d.s.o.Save == nil || d.s.o.Settings == nil {
		return out, refused("SET-FILE-01", "There is no settings file", "This program was started without a settings file.", "Start it with one.")
	}
	list := make([]config.Change, len(changes))
	for i, c := range changes {
		list[i] = config.Change{Key: c.Key, Value: c.Value}
	}
	var wrong config.Problems
	if err := d.s.o.Save(list...); errors.As(err, &wrong) {
		return out, unfit(wrong)
	} else if err != nil {
		return out, err
	}
	c, err := d.s.o.Settings()
	if err != nil {
		return out, err
	}
	applied, err := d.s.Reload(ctx, c)
	if err != nil {
		d.s.log.Error("new settings are kept, but not all of them are in force", "error", err)
		p := refused("SET-HALF-01", "Not all of it is in force", "The settings are kept, but not all of them could be put in force.", "See the log, or start the program anew.")
		p.Did = "The settings file was changed."
		return out, p
	}
	return api.SettingAnswer{Later: applied.Later}, nil
}

// unfit says which values of a change are wrong.
func unfit(wrong config.Problems) error {
	p := refused("SET-VALUE-01", "The setting is not right", "One of the values cannot be used.", "Correct it and send it again.")
	p.Status = http.StatusUnprocessableEntity
	for _, w := range wrong {
		text := w.Cause
		if w.Right != "" {
			text += fmt.Sprintf("; right would be: %s", w.Right)
		}
		p.Errors = append(p.Errors, problem.Field{At: w.Key, Text: text})
	}
	return p
}

func refused(code, title, detail, next string) *problem.Problem {
	return &problem.Problem{Status: http.StatusConflict, Code: code, Title: title, Detail: detail, Did: "Nothing was changed.", Next: next}
}

// ranked returns the addresses of this computer, the best for others first: those of the interface
// that somebody chose, then as discovery ranks them.
func (a *addresses) ranked() (list []discovery.Address, chosen string) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	list = discovery.Rank(a.table)
	slices.SortStableFunc(list, func(x, y discovery.Address) int {
		return rank(y.Interface == a.chosen) - rank(x.Interface == a.chosen)
	})
	return list, a.chosen
}

func rank(first bool) int {
	if first {
		return 1
	}
	return 0
}

func (a *addresses) choose(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.chosen = name
}
