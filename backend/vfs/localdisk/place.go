package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"

	"portico/backend/vfs/driver"
)

const (
	markName  = "READ-ME.txt" // tells people, and other instances, what the folder is
	stageName = "stage"
	markText  = "Portico keeps unfinished uploads, trash and old versions of the folder above in here.\n" +
		"It is hidden from everybody who visits. Empty trash and versions in Portico itself.\n"
)

var errServedReadOnly = fmt.Errorf("%w: the volume is served read-only", driver.ErrReadOnly)

// place is an opened hidden place: .portico/<instance>/ at the top of one storage.
type place struct {
	top   string // canonical name of the folder that holds .portico
	home  dir    // .portico/<instance>
	stage dir    // .portico/<instance>/stage
	lock  *os.File
}

func (p *place) close() {
	p.stage.close()
	p.home.close()
	p.lock.Close()
}

// placeFor opens the hidden place on the storage of f, making it when needed.
func (a *anchor) placeFor(f *folder) (*place, error) {
	m, err := f.dir.stat()
	if err != nil {
		return nil, err
	}
	if p := a.place(m.storage()); p != nil {
		return p, nil
	}
	if a.d.opts.ReadOnly {
		return nil, errServedReadOnly
	}
	top, name, err := a.top(f, m)
	if err != nil {
		return nil, err
	}
	defer top.close()
	return a.openPlace(top, name, m.storage(), true)
}

func (a *anchor) place(s storage) *place {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	return a.places[s]
}

// forgetPlace drops a place that somebody removed from the disk.
func (a *anchor) forgetPlace(p *place) {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	for s, q := range a.places {
		if p == q {
			delete(a.places, s)
			a.gone = append(a.gone, p) // somebody may be about to use it
		}
	}
}

// inPlace runs fn on the hidden place of f, once more when it turns out that the place was removed.
func (a *anchor) inPlace(f *folder, fn func(p *place) error) error {
	for again := false; ; again = true {
		p, err := a.placeFor(f)
		if err != nil {
			return err
		}
		if err = fn(p); again || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		a.forgetPlace(p)
	}
}

// top finds the topmost folder of the volume that shares the storage m lies on.
func (a *anchor) top(f *folder, m meta) (dir, string, error) {
	best, err := f.dir.dup()
	if err != nil {
		return nil, "", err
	}
	name := f.where(a)
	for up := name; up != "."; {
		up = path.Dir(up)
		h, err := a.root.find(up, noLinks)
		if err != nil {
			best.close()
			return nil, "", err
		}
		d, err := h.dir()
		same := h.meta().storage() == m.storage()
		h.close()
		if err != nil {
			best.close()
			return nil, "", err
		}
		if !same {
			d.close()
			break
		}
		best.close()
		best, name = d, up
	}
	return best, name, nil
}

// openPlace opens the hidden place in top, one at a time: first uploads that come together must not
// each make it. Without make, fs.ErrNotExist when there is none.
func (a *anchor) openPlace(top dir, name string, s storage, make bool) (*place, error) {
	turn := a.d.placing(s)
	turn.Lock()
	defer turn.Unlock()
	if other := a.place(s); other != nil && other.top == name { // somebody was faster
		return other, nil
	}
	p, made, err := a.buildPlace(top, name, make)
	if err != nil {
		return nil, err
	}
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	if other := a.places[s]; other != nil { // it begins elsewhere on this storage
		p.close()
		return other, nil
	}
	a.places[s] = p
	if made {
		a.d.log.Debug("made the hidden place", "folder", name)
	}
	return p, nil
}

// placing is held while the hidden place of one storage is opened. Who holds that of a storage below
// may wait for that of the volume's top, where it is noted, and never the other way round.
func (d *Disk) placing(s storage) *sync.Mutex {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.turns == nil {
		d.turns = make(map[storage]*sync.Mutex)
	}
	turn := d.turns[s]
	if turn == nil {
		turn = new(sync.Mutex)
		d.turns[s] = turn
	}
	return turn
}

func (a *anchor) buildPlace(top dir, name string, make bool) (p *place, made bool, err error) {
	outer, _, err := openOrMake(top, hiddenName, 0o755, make)
	if err != nil {
		return nil, false, err
	}
	defer outer.close()
	om, err := outer.stat()
	if err != nil {
		return nil, false, err
	}
	a.d.hidden.add(om)
	if make {
		markPlace(outer)
	}
	p = &place{top: name}
	if p.home, made, err = openOrMake(outer, a.d.opts.Instance, 0o700, make); err != nil {
		return nil, false, err
	}
	if err = a.ownPlace(p, make); err != nil {
		p.home.close()
		return nil, false, err
	}
	if make {
		a.d.exclude(a.real, name)
		a.d.remember(a, p)
	}
	return p, made, nil
}

// ownPlace makes sure that the instance's folder is ours alone and holds it.
func (a *anchor) ownPlace(p *place, make bool) error {
	m, err := p.home.stat()
	if err != nil {
		return err
	}
	if err = private(p.home, m); err != nil {
		return err
	}
	a.d.hidden.add(m)
	if p.lock, err = p.home.list(); err != nil {
		return err
	}
	if err = hold(p.lock); err != nil {
		p.lock.Close()
		return fmt.Errorf("%w: another process holds the hidden place: %w", driver.ErrBusy, err)
	}
	if p.stage, _, err = openOrMake(p.home, stageName, 0o700, true); err != nil {
		p.lock.Close()
		return err
	}
	return nil
}

// openOrMake opens a folder that is no link.
func openOrMake(in dir, base string, perm fs.FileMode, make bool) (d dir, made bool, err error) {
	if make {
		switch err = in.mkdir(base, perm); {
		case err == nil:
			made = true
		case !errors.Is(err, fs.ErrExist):
			// It may still be there, on a disk that is mounted read-only.
			if _, lerr := in.lstat(base); lerr != nil {
				return nil, false, err
			}
		}
	}
	h, err := in.find(base, noLinks)
	if err != nil {
		return nil, false, err
	}
	defer h.close()
	d, err = h.dir()
	return d, made, err
}

func markPlace(outer dir) {
	f, err := outer.create(markName)
	if err != nil {
		return
	}
	defer f.Close()
	f.WriteString(markText)
	f.Chmod(0o644)
}

// Attic opens the hidden folder of that kind on the storage of f.
func (f *folder) Attic(ctx context.Context, kind string) (driver.Folder, error) {
	if !validID(kind, 32) || kind == stageName {
		return nil, fault("open attic", kind, driver.ErrName)
	}
	a, err := f.d.acquire()
	if err != nil {
		return nil, fault("open attic", kind, err)
	}
	defer f.d.release(a)
	var in dir
	var top string
	err = a.inPlace(f, func(p *place) (err error) {
		top = p.top
		in, _, err = openOrMake(p.home, kind, 0o700, true)
		return err
	})
	if err != nil {
		return nil, fault("open attic", kind, readOnly(err))
	}
	m, err := in.stat()
	if err != nil {
		in.close()
		return nil, fault("open attic", kind, err)
	}
	a.d.hidden.add(m)
	real := join(join(join(top, hiddenName), f.d.opts.Instance), kind)
	return &folder{d: f.d, dir: in, real: real, m: m, own: true}, nil
}

// readOnly says why nothing can be kept on a disk.
func readOnly(err error) error {
	if errors.Is(err, driver.ErrReadOnly) || errors.Is(err, driver.ErrNoSpace) || errors.Is(spoken(err), driver.ErrNoSpace) {
		return err
	}
	return fmt.Errorf("%w: %w", driver.ErrReadOnly, err)
}
