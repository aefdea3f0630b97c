package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/config"
	"portico/backend/protocol/web"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// volumes is what is mounted, and why it is.
type volumes struct {
	mu sync.Mutex // one change at a time
	by map[string]*mounted

	// For whoever must not wait for mu, by volume name.
	paths sync.Map // tree path
	known sync.Map // config.Volume
}

// path returns where a volume is mounted.
func (v *volumes) path(name string) (string, bool) {
	path, ok := v.paths.Load(name)
	if !ok {
		return "", false
	}
	return path.(string), true
}

// of returns the volume that a tree path lies in, and its place there as drivers say it.
func (v *volumes) of(path string) (name, rel string, ok bool) {
	best := ""
	v.paths.Range(func(volume, at any) bool {
		if at := at.(string); access.Within(at, path) && len(at) > len(best) {
			name, best = volume.(string), at
		}
		return true
	})
	rel = strings.Trim(path[min(len(best), len(path)):], "/")
	if rel == "" {
		rel = "."
	}
	return name, rel, best != ""
}

// holding returns the tree path of a file or folder of this computer that some volume holds; the
// caller holds mu.
func (v *volumes) holding(real string) (path string, ok bool) {
	deepest := -1
	for _, m := range v.by {
		folder, err := filepath.EvalSymlinks(m.Folder)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(folder, real)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) || len(folder) <= deepest {
			continue
		}
		deepest, path = len(folder), access.Clean(m.Path+"/"+filepath.ToSlash(rel))
	}
	return path, deepest >= 0
}

// folderOf returns the folder that has to be served to reach a file or folder.
func folderOf(name string) (string, error) {
	about, err := os.Stat(name)
	if err != nil {
		return "", plain(err)
	}
	if about.IsDir() {
		return name, nil
	}
	return filepath.Dir(name), nil
}

// mounted is one volume: what was asked, and whether its folder has ever been seen.
type mounted struct {
	config.Volume
	asked config.Volume   // as the settings have it, before complete
	given bool            // of the command line, not of the settings
	disk  *localdisk.Disk // nil: waiting for the folder

	ejected fs.FileInfo // of the folder, while its disk is let go
	strange bool        // another disk is there, which was told
}

// volumePoll is how often volumes are looked at: whether a drive came or went.
const volumePoll = 5 * time.Second

// mountAll mounts what the settings and the command line ask for. Volumes of the command line must be
// there; those of the settings may come later.
func (s *Server) mountAll(ctx context.Context) error {
	s.volumes.mu.Lock()
	defer s.volumes.mu.Unlock()
	s.volumes.by = make(map[string]*mounted)
	c := s.config()
	for _, v := range c.Volumes {
		if err := s.mount(ctx, v, false); err != nil {
			return err
		}
	}
	for _, v := range s.o.Volumes {
		if err := s.mount(ctx, v, true); err != nil {
			return err
		}
	}
	return s.judge(ctx)
}

// mount adds one volume; the caller holds volumes.mu and makes the policy new.
func (s *Server) mount(ctx context.Context, v config.Volume, given bool) error {
	asked := v
	if err := s.complete(&v); err != nil {
		return err
	}
	m := &mounted{Volume: v, asked: asked, given: given}
	err := s.openDisk(ctx, m)
	switch {
	case err == nil && given && errors.Is(m.disk.Check(ctx), driver.ErrAbsent):
		return errors.Join(errors.New(strangeText(m)), m.disk.Close())
	case err == nil:
		if !given || m.disk.OwnMount() {
			s.rememberDisk(ctx, m)
		}
		s.look(ctx, m)
	case given || !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w", v.Folder, plain(err))
	default:
		s.log.Warn("a folder is not there; waiting for it", "folder", v.Folder, "path", v.Path)
	}
	if err := s.tree.Mount(ctx, s.vfsVolume(m)); err != nil {
		if m.disk != nil {
			err = errors.Join(err, m.disk.Close())
		}
		return err
	}
	s.volumes.by[v.Path] = m
	s.volumes.paths.Store(v.Name, v.Path)
	s.volumes.known.Store(v.Name, v)
	return nil
}

// complete fills in what a volume does not say: where it appears and what it is called.
func (s *Server) complete(v *config.Volume) error {
	taken := func(path string) bool { return s.volumes.by[path] != nil }
	if v.Path == "" {
		path, why := mountAt(v.Folder, taken, web.IsReserved)
		if v.Path = path; why != "" {
			s.log.Warn(why, "folder", v.Folder)
		}
	}
	v.Path = access.Clean(v.Path)
	first, _, _ := strings.Cut(v.Path[1:], "/")
	if web.IsReserved(first) {
		return fmt.Errorf("%s is a reserved place, use %s-1", v.Path, v.Path)
	}
	if taken(v.Path) {
		return fmt.Errorf("two folders want to be at %s", v.Path)
	}
	if v.Name == "" {
		v.Name = volumeName(v.Path, func(name string) bool {
			for _, o := range s.volumes.by {
				if o.Name == name {
					return true
				}
			}
			return false
		})
	}
	return nil
}

// openDisk opens the folder of a volume. A folder that was seen before may be absent.
func (s *Server) openDisk(ctx context.Context, m *mounted) error {
	hide, apart, err := s.hideIn(m.Folder)
	if err != nil {
		return err
	}
	var known string
	s.setting(ctx, diskSetting(m), &known)
	disk, err := localdisk.Open(ctx, localdisk.Options{
		Root:      m.Folder,
		Instance:  s.instance,
		LinkRoots: linkRoots(m.Folder),
		Hide:      hide,
		Apart:     apart,
		VolumeID:  known,
		ReadOnly:  m.ReadOnly,
		State:     filepath.Join(s.o.Data, "stages-"+m.Name),
		Log:       s.o.Log.With("room", "disk", "volume", m.Name),
	})
	if err == nil {
		m.disk = disk
	}
	return err
}

// rememberDisk keeps the id of a volume's disk, so that another disk in its place is not taken for it.
// Of a folder that the command line names it is kept only where a disk of its own lies there: whoever
// made such a folder anew means what is there.
func (s *Server) rememberDisk(ctx context.Context, m *mounted) {
	id := m.disk.VolumeID()
	if id == "" {
		return
	}
	var known string
	if s.setting(ctx, diskSetting(m), &known) && known == id {
		return
	}
	if err := s.setSetting(ctx, diskSetting(m), id); err != nil {
		s.log.Warn("the disk of a volume is not remembered", "volume", m.Name, "error", err)
	}
}

func diskSetting(m *mounted) string { return "disk." + m.Name + "." + m.Folder }

// vfsVolume is the volume as the core takes it.
func (s *Server) vfsVolume(m *mounted) vfs.Volume {
	v := vfs.Volume{
		Name: m.Name, Path: m.Path, Driver: missing{},
		ReadOnly: m.ReadOnly, Versions: m.Versions, Trash: m.Trash, HideRefused: m.HideRefused,
		FloorBytes: int64(m.FloorBytes),
	}
	if m.Durability == "fast" {
		v.Durability = store.Fast
	}
	if m.disk != nil {
		v.Driver = m.disk
	}
	return v
}

// unmount takes a volume away; the caller holds volumes.mu and makes the policy new.
func (s *Server) unmount(ctx context.Context, path string) error {
	s.volumes.paths.Delete(s.volumes.by[path].Name)
	s.volumes.known.Delete(s.volumes.by[path].Name)
	delete(s.volumes.by, path)
	return s.tree.Unmount(ctx, path)
}

// watchVolumes looks whether drives came or went, until the house ends. The core tells of those it
// knows; folders that were never there are mounted when they appear.
func (s *Server) watchVolumes() {
	ticker := time.NewTicker(volumePoll)
	defer ticker.Stop()
	for {
		select {
		case <-s.life.Done():
			return
		case <-ticker.C:
		}
		s.tree.Volumes() // looks at every medium, and tells
		s.volumes.mu.Lock()
		s.lookAtClock(time.Now())
		for _, m := range s.volumes.by {
			s.look(s.life, m)
			switch {
			case m.ejected != nil:
			case m.disk == nil:
				s.arrive(m)
			case !m.given || m.disk.OwnMount():
				s.rememberDisk(s.life, m)
			}
		}
		s.volumes.mu.Unlock()
	}
}

// arrive replaces what stood in for a folder that was not there, if it is there now.
func (s *Server) arrive(m *mounted) {
	if err := s.openDisk(s.life, m); err != nil {
		return // not yet; the next look comes
	}
	if err := errors.Join(s.tree.Unmount(s.life, m.Path), s.tree.Mount(s.life, s.vfsVolume(m))); err != nil {
		s.log.Error("a folder came and cannot be served", "folder", m.Folder, "error", err)
		return
	}
	s.rememberDisk(s.life, m)
	s.log.Info("a folder is there now", "folder", m.Folder, "path", m.Path)
}

// grants are the rules that settings and command line make: for every volume a boundary, so that it is
// not governed by the one around it, and who may do what there.
func (s *Server) grants(ctx context.Context) ([]access.Grant, error) {
	var out []access.Grant
	for _, m := range s.volumes.by {
		out = append(out, access.Boundary(m.Path))
		for who, letters := range m.Perms {
			subject, err := s.accounts.Subject(ctx, who)
			if err != nil {
				if m.given {
					return nil, fmt.Errorf("%s gives rights to somebody unknown: %w", m.Path, err)
				}
				s.log.Warn("a volume gives rights to somebody unknown", "path", m.Path, "who", who)
				continue
			}
			rights, ok := access.ParseRight(letters)
			if !ok {
				return nil, fmt.Errorf("%s: %q are no rights", m.Path, letters)
			}
			out = append(out, access.Grant{Path: m.Path, Who: subject, Rights: rights})
		}
	}
	return out, nil
}

// judge puts the present rules in force; the caller holds volumes.mu.
func (s *Server) judge(ctx context.Context) error {
	extra, err := s.grants(ctx)
	if err != nil {
		return err
	}
	policy, err := s.accounts.Policy(ctx, extra)
	if err != nil {
		return err
	}
	s.tree.SetPolicy(policy)
	return nil
}

// plain is an error of opening a folder or file without the words of the machine room.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such folder")
	}
	return err
}
