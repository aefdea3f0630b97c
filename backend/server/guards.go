package server

import (
	"context"
	"fmt"

	"portico/backend/access"
	"portico/backend/config"
	"portico/backend/event"
	"portico/backend/quota"
	"portico/backend/vfs"
	"portico/backend/vfs/limit"
)

// guards are asked before every operation, in this order, after the rights and the locks. All of them
// follow the settings as they are at that moment.
func (s *Server) guards() []vfs.Guard {
	return []vfs.Guard{
		blockGuard{s.people},
		pauseGuard{s.paused},
		&fileSize{most: s.largestFile},
		quota.New(s.store, s.purses),
		limit.New(func(id access.Identity) (fetch, send int64) {
			a := s.allowed.Load()
			return a.down.of(id), a.up.of(id)
		}),
		limit.NewVolume(func(name string) (fetch, send int64) {
			v := s.volumes.settings(name)
			return int64(v.Down), int64(v.Up)
		}),
	}
}

// largestFile is how many bytes a file may have; 0: as many as the disk allows.
func (s *Server) largestFile(op *vfs.Op) int64 {
	c := s.config()
	var most int64
	for _, n := range []int64{
		int64(c.Limits.FileSize), int64(s.volumes.settings(op.Volume).FileSize), s.allowed.Load().fileSize.of(op.Identity),
	} {
		if n > 0 && (most == 0 || n < most) {
			most = n
		}
	}
	return most
}

// purses says what an operation takes room from, and how much may be in it. What only changes its name
// takes none.
func (s *Server) purses(op *vfs.Op) []quota.Bound {
	into := op.Volume
	if op.To != "" {
		into, _, _ = s.volumes.of(op.To)
	}
	var out []quota.Bound
	if op.Verb != vfs.VerbRename || into != op.Volume {
		v := s.volumes.settings(into)
		out = append(out, quota.Bound{
			Purse: quota.Purse{Kind: quota.Within, ID: into}, Who: "“" + into + "”",
			Bytes: int64(v.Bytes), Files: int64(v.Files),
		})
	}
	if op.Verb == vfs.VerbRename {
		return out
	}
	a, payer := s.allowed.Load(), vfs.Payer(op.Identity)
	paid := quota.Bound{Purse: quota.PaidBy(op.Identity), Bytes: a.bytes.of(payer), Files: a.files.of(payer)}
	switch op.Identity.Kind {
	case access.Account, access.Token:
		paid.Who = "You"
	case access.Guest:
		paid.Who, paid.Silent = "Whoever is not signed in", true
	case access.Device:
		paid.Who, paid.Silent = "The account behind this device", true
	default:
		paid.Who, paid.Silent = "Whoever shares this", true
	}
	out = append(out, paid)
	for id := &op.Identity; id != nil; id = id.Behind {
		if id.Kind == access.Device {
			out = append(out, quota.Bound{
				Purse: quota.Purse{Kind: quota.Through, ID: id.ID}, Who: "“" + id.Name + "”",
				Bytes: a.bytes.named(id.Name), Files: a.files.named(id.Name),
			})
		}
	}
	return out
}

// settings are those of a volume, for whoever must not wait for mu.
func (v *volumes) settings(name string) config.Volume {
	c, _ := v.known.Load(name)
	out, _ := c.(config.Volume)
	return out
}

// fileSize keeps every single file below the size that the settings allow.
type fileSize struct {
	most func(op *vfs.Op) int64 // bytes; 0: as large as the disk allows
}

var _ vfs.Admitter = (*fileSize)(nil)

func (*fileSize) Name() string { return "file size" }

// Admit refuses what is announced too large, and bounds what is not announced.
func (g *fileSize) Admit(_ context.Context, op *vfs.Op) error {
	if op.Verb != vfs.VerbCreate {
		return nil
	}
	most := g.most(op)
	if most == 0 {
		return nil
	}
	if op.Size > most {
		return &vfs.Error{Verb: string(op.Verb), Path: op.Asked, Err: vfs.ErrTooLarge,
			Text: fmt.Sprintf("a file may have %s here, and this one has %s", event.Bytes(most), event.Bytes(op.Size))}
	}
	if op.Limit < 0 || op.Limit > most {
		op.Limit = most
	}
	return nil
}
