package server

import (
	"context"
	"io/fs"
	"net/netip"
	"path/filepath"
	"strings"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/config"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
)

// target looks at a tree path with the eyes of by, for a share that is to be made, and gives what is
// there a node, so that the link follows it when it is renamed.
func (s *Server) target(ctx context.Context, by access.Identity, path string) (share.Target, error) {
	session := s.tree.Session(ctx, by, vfs.Origin{Door: "share"})
	defer session.Close()
	name := path
	if by.Root != "" && by.Root != "/" {
		if !access.Within(by.Root, path) {
			return share.Target{}, fs.ErrNotExist
		}
		name = "/" + strings.TrimPrefix(path[len(by.Root):], "/")
	}
	e, err := session.Stat(name)
	if err != nil {
		return share.Target{}, err
	}
	if e.Kind == vfs.KindLink {
		return share.Target{}, &vfs.Error{Verb: "share", Path: path, Err: vfs.ErrKind,
			Text: "“" + e.Name + "” is a link of the disk that leads out of what is served here, so that it would open nothing; share the folder that it leads to"}
	}
	real, err := session.Canonical(name)
	if err != nil {
		return share.Target{}, err
	}
	t := share.Target{Path: real, File: !e.IsFolder()}
	volume, rel, ok := s.volumes.of(real)
	if !ok {
		return t, nil // the top of a tree without a volume there
	}
	err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) (err error) {
		t.Node, err = tx.MakeNode(volume, rel)
		return err
	})
	return t, err
}

// attached reports whether an address is on a network that this computer is part of.
func (s *Server) attached(a netip.Addr) bool {
	s.addrs.mu.RLock()
	defer s.addrs.mu.RUnlock()
	for _, i := range s.addrs.table {
		for _, own := range i.Addrs {
			if !i.Tunnel && own.Prefix.Masked().Contains(a) {
				return true
			}
		}
	}
	return false
}

// ShareRequest asks for a link to a folder or file of this computer's disks.
type ShareRequest struct {
	Folder   string `json:"folder"`
	Preset   string `json:"preset"`
	Until    string `json:"until,omitempty"` // "", "tonight", "7d", "1h30m"
	Password string `json:"password,omitempty"`
	Title    string `json:"title,omitempty"`
	Public   bool   `json:"public,omitempty"` // for other than local networks, too; so where there is a public URL
	Ask      bool   `json:"ask,omitempty"`    // a new device waits until the owner lets it in
}

// SharedLink is a link that was made.
type SharedLink struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Path  string `json:"path"`
}

func shareFolder(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r ShareRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	until, err := share.Until(r.Until, s.now())
	if err != nil {
		return nil, err
	}
	at, err := s.treePath(ctx, r.Folder)
	if err != nil {
		return nil, err
	}
	made, err := s.shares.Create(ctx, account.Owner(), share.NewShare{
		Path: at, Preset: share.Preset(r.Preset), Expires: until, Password: r.Password, Title: r.Title,
		Public: r.Public || s.config().HTTP.PublicURL != "", Ask: r.Ask,
	})
	if err != nil {
		return nil, err
	}
	link := SharedLink{ID: made.ID, Title: made.Title, Path: made.Path, URL: "/s/" + made.Key}
	if bases := s.Addresses(); len(bases) > 0 {
		link.URL = bases[0] + link.URL
	}
	return link, nil
}

// PauseRequest names a share to pause or resume.
type PauseRequest struct {
	ID string `json:"id"`
}

// PauseShare lets a share open for nobody until ResumeShare, for the owner of this computer. Whoever is
// inside has to leave.
func (s *Server) PauseShare(ctx context.Context, id string) (share.Share, error) {
	return s.shares.Pause(ctx, account.Owner(), id)
}

// ResumeShare lets a paused share open again, for the owner of this computer.
func (s *Server) ResumeShare(ctx context.Context, id string) (share.Share, error) {
	return s.shares.Resume(ctx, account.Owner(), id)
}

func sharePause(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return pausing(ctx, in, s.PauseShare)
}

func shareResume(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return pausing(ctx, in, s.ResumeShare)
}

func pausing(ctx context.Context, in func(any) error, do func(context.Context, string) (share.Share, error)) (any, error) {
	var r PauseRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	_, err := do(ctx, r.ID)
	return struct{}{}, err
}

// treePath returns where a folder or file of this computer is in the tree. One that no volume holds
// is mounted for nobody but the owner, looks to everybody else as if it were not there, and stays so
// over a restart, as its links do.
func (s *Server) treePath(ctx context.Context, name string) (string, error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", plain(err)
	}
	s.volumes.mu.Lock()
	defer s.volumes.mu.Unlock()
	if at, ok := s.volumes.holding(real); ok {
		return at, nil
	}
	folder, err := folderOf(real)
	if err != nil {
		return "", err
	}
	v := config.DefaultVolume()
	v.Folder, v.HideRefused = folder, true
	if err := s.mount(ctx, v, true); err != nil {
		return "", err
	}
	at, _ := s.volumes.holding(real)
	m := s.volumes.by[at]
	if m == nil {
		m = s.volumes.by[access.Parent(at)]
	}
	if s.o.Save != nil {
		if err := s.o.Save(config.Change{Volume: m.Path, Value: m.Volume}); err != nil {
			s.log.Warn("the folder is served until the program ends only", "folder", folder, "error", err)
		} else {
			m.given, m.asked = false, m.Volume
		}
	}
	return at, s.judge(ctx)
}
