package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// VolumeRequest names a volume by its name or by its place in the tree.
type VolumeRequest struct {
	Name string `json:"name"`
	Now  bool   `json:"now,omitempty"` // volume.eject: also while files move there
}

// VolumeAnswer says in words what became of a volume.
type VolumeAnswer struct {
	Text string `json:"text"`
}

// volume returns a mounted volume by name or path; the caller holds volumes.mu.
func (s *Server) volume(name string) (*mounted, error) {
	for _, m := range s.volumes.by {
		if m.Name == name || m.Path == access.Clean(name) && strings.HasPrefix(name, "/") {
			return m, nil
		}
	}
	return nil, fmt.Errorf("no volume is called %q; portico volume list shows them", name)
}

// Eject lets go of a volume's disk, so that it can be disconnected, and returns once nothing here holds
// it. Visitors read that it is not connected. Where files are being transferred there it is refused,
// unless now. The volume is back when its disk was away and came again, or with Accept.
func (s *Server) Eject(ctx context.Context, name string, now bool) error {
	s.volumes.mu.Lock()
	defer s.volumes.mu.Unlock()
	m, err := s.volume(name)
	if err != nil {
		return err
	}
	if m.disk == nil {
		return fmt.Errorf("%s is not connected", m.Path)
	}
	moving := 0
	for _, t := range s.tree.Transfers() {
		if in, _, _ := s.volumes.of(t.Path); in == m.Name {
			moving++
		}
	}
	if moving > 0 && !now {
		return fmt.Errorf("%d transfers are under way in %s: wait for them, or cut them with --now", moving, m.Path)
	}
	s.rememberDisk(ctx, m)
	if m.ejected, err = os.Stat(m.Folder); err != nil {
		return plain(err)
	}
	if err := s.remount(ctx, m, nil); err != nil {
		return err
	}
	s.tell(event.Event{Kind: event.Notice, Path: m.Path, Text: "The disk of " + m.Path + " can be disconnected now."})
	return nil
}

// Accept takes what is now at the folder of a volume for that volume, whatever disk was there before:
// one that was ejected, whose id was lost, or that another one replaces. What is known of files stays
// known where they are the same.
func (s *Server) Accept(ctx context.Context, name string) error {
	s.volumes.mu.Lock()
	defer s.volumes.mu.Unlock()
	m, err := s.volume(name)
	if err != nil {
		return err
	}
	if m.disk != nil && m.disk.Check(ctx) == nil {
		return nil
	}
	if about, err := os.Stat(m.Folder); err != nil || !about.IsDir() {
		return fmt.Errorf("there is no folder %s: connect its disk first", m.Folder)
	}
	if err := s.setSetting(ctx, diskSetting(m), nil); err != nil {
		return err
	}
	fresh := *m
	fresh.disk, fresh.ejected, fresh.strange = nil, nil, false
	if err := s.openDisk(ctx, &fresh); err != nil {
		return fmt.Errorf("%s: %w", m.Folder, plain(err))
	}
	m.ejected, m.strange = nil, false
	if err := s.remount(ctx, m, fresh.disk); err != nil {
		return err
	}
	s.rememberDisk(ctx, m)
	s.tell(event.Event{Kind: event.Notice, Path: m.Path, Text: m.Path + " is served from what is at " + m.Folder + " now."})
	return nil
}

// remount replaces the disk of a volume; nil is none. The old one is closed with all that is open on
// it. The caller holds volumes.mu.
func (s *Server) remount(ctx context.Context, m *mounted, disk *localdisk.Disk) error {
	if err := s.tree.Unmount(ctx, m.Path); err != nil {
		return err
	}
	m.disk = disk
	return s.tree.Mount(ctx, s.vfsVolume(m))
}

// look tells, once, that what is at a volume's folder is not the disk that it was. The caller holds
// volumes.mu.
func (s *Server) look(ctx context.Context, m *mounted) {
	about, err := os.Stat(m.Folder)
	strange := err == nil && about.IsDir() && m.disk != nil && errors.Is(m.disk.Check(ctx), driver.ErrAbsent)
	if strange && !m.strange {
		text := strangeText(m)
		s.tell(event.Event{Kind: event.Notice, Path: m.Path, Text: text})
	}
	m.strange = strange
	if m.ejected != nil && (err != nil || !os.SameFile(about, m.ejected)) {
		m.ejected = nil // it was taken away: the next time it is there it is served again
	}
}

func strangeText(m *mounted) string {
	return fmt.Sprintf("What is at %s is not the disk that was served as %s. Connect that one, or use this folder anyway: portico volume accept %s",
		m.Folder, m.Path, m.Name)
}

// forget drops what is remembered of the disks of a volume that is not mounted in this process.
func (s *Server) forget(ctx context.Context, name string) error {
	var known []string
	err := s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
		var all map[string]json.RawMessage
		all, err := tx.Settings(store.ServerScope)
		if err != nil {
			return err
		}
		want := strings.Trim(strings.ReplaceAll(name, "/", "-"), "-")
		dropped := false
		for key := range all {
			rest, ok := strings.CutPrefix(key, "disk.")
			of, _, _ := strings.Cut(rest, ".")
			if !ok {
				continue
			}
			if known = append(known, of); of != name && of != want {
				continue
			}
			if err := tx.SetSetting(store.ServerScope, key, nil); err != nil {
				return err
			}
			dropped = true
		}
		if !dropped {
			slices.Sort(known)
			return fmt.Errorf("no disk is remembered for %q; there are: %s", name, strings.Join(slices.Compact(known), ", "))
		}
		return nil
	})
	return err
}

func volumeEject(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r VolumeRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	if s.volumes.by == nil {
		return nil, errors.New("no Portico is running, so nothing is held")
	}
	if err := s.Eject(ctx, r.Name, r.Now); err != nil {
		return nil, err
	}
	return VolumeAnswer{r.Name + " can be disconnected now"}, nil
}

func volumeAccept(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r VolumeRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	if s.volumes.by == nil { // this process serves nothing
		return VolumeAnswer{"what is at the folder of " + r.Name + " is served from the next start on"}, s.forget(ctx, r.Name)
	}
	if err := s.Accept(ctx, r.Name); err != nil {
		return nil, err
	}
	return VolumeAnswer{r.Name + " is served"}, nil
}
