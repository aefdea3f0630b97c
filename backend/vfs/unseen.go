package vfs

import (
	"context"
	"strings"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// dotless remembers folders in which no name is hidden from anybody, so that moving a large folder
// need not read it again: a folder's version changes with every name that comes or goes in it.
type dotless struct {
	mu      sync.Mutex
	folders map[string][]string // by version: the names of the folders inside
}

// mostDotless bounds the memory that dotless takes.
const mostDotless = 10_000

func (d *dotless) known(version string) (folders []string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	folders, ok = d.folders[version]
	return folders, ok
}

func (d *dotless) learn(version string, folders []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.folders == nil || len(d.folders) >= mostDotless {
		d.folders = make(map[string][]string)
	}
	d.folders[version] = folders
}

// moved follows a folder whose version changed only because its own name did.
func (d *dotless) moved(was, now driver.Info) {
	if was.Kind != KindFolder || now.Version == "" || !was.ModTime.Equal(now.ModTime) {
		return
	}
	d.mu.Lock()
	folders, ok := d.folders[was.Version]
	delete(d.folders, was.Version)
	d.mu.Unlock()
	if ok {
		d.learn(now.Version, folders)
	}
}

// settled reports whether a folder's version, looked at now, tells of every change that follows: what
// happens within one tick of the storage's clock leaves the same time.
func settled(info driver.Info) bool {
	tick := 2 * time.Second // FAT
	if info.ModTime.Nanosecond()%int(time.Millisecond) != 0 {
		tick = 50 * time.Millisecond
	}
	return info.Version != "" && time.Since(info.ModTime) > tick
}

// unseen returns a name in a folder, however deep, that begins with a dot; "" when there is none.
func (d *dotless) unseen(ctx context.Context, in driver.Folder, base string) (string, error) {
	obj, err := in.Lookup(ctx, base, driver.WantDir)
	if err != nil {
		return "", translate(err)
	}
	defer obj.Close()
	info := obj.Info()
	folders, known := d.known(info.Version)
	if known && len(folders) == 0 {
		return "", nil
	}
	lasting := settled(info)
	dir, err := obj.Folder()
	if err != nil {
		return "", translate(err)
	}
	defer dir.Close()
	if !known {
		var hidden string
		if folders, hidden, err = dotNames(ctx, dir); err != nil || hidden != "" {
			return hidden, err
		}
		if lasting {
			d.learn(info.Version, folders)
		}
	}
	for _, name := range folders {
		hidden, err := d.unseen(ctx, dir, name)
		if missing(err) {
			continue // it went meanwhile
		}
		if err != nil || hidden != "" {
			return hidden, err
		}
	}
	return "", nil
}

// dotNames reads one folder until a name is hidden.
func dotNames(ctx context.Context, dir driver.Folder) (folders []string, hidden string, err error) {
	for info, err := range dir.Names(ctx) {
		switch {
		case err != nil && info.Name == "":
			return nil, "", translate(err)
		case strings.HasPrefix(info.Name, ".") && !litter(info.Name):
			return nil, info.Name, nil
		case err == nil && info.Kind == KindFolder:
			folders = append(folders, info.Name)
		}
	}
	return folders, "", nil
}

// unseenIn refuses a folder that holds names which the identity may not see: they would go along.
func (s *Session) unseenIn(t *target) error {
	if !t.isFolder() || t.rights.Has(access.Dots) {
		return nil
	}
	hidden, err := s.tree.dotless.unseen(s.ctx, t.folder, t.base)
	if err == nil && hidden != "" {
		err = &Error{Err: ErrBoundary, Text: "it holds names that you may not see"}
	}
	return err
}

// unseenAhead reads a folder that is going to move before anything is locked for that; what it finds
// is judged again under the lock.
func (s *Session) unseenAhead(name string) {
	at, err := s.locate(name)
	if err != nil || at.virtual || at.vol == nil || s.tree.policy.Load().Rights(s.id, at.path).Has(access.Dots) {
		return
	}
	t, err := s.resolveTarget(name)
	if err != nil {
		return
	}
	defer t.close()
	if !t.mounted && s.claimOf(t).take(access.Move) == nil {
		_ = s.unseenIn(t)
	}
}
