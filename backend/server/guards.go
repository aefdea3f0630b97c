package server

import (
	"context"
	"fmt"

	"portico/backend/vfs"
)

// guards are asked before every operation, in this order, after the rights and the locks.
func (s *Server) guards() []vfs.Guard {
	return []vfs.Guard{&fileSize{most: func() int64 { return int64(s.config().HTTP.Body.File) }}}
}

// fileSize keeps every single file below the size that the settings allow.
type fileSize struct {
	most func() int64 // bytes; 0: as large as the disk allows
}

var _ vfs.Admitter = (*fileSize)(nil)

func (*fileSize) Name() string { return "file size" }

// Admit refuses what is announced too large, and bounds what is not announced.
func (g *fileSize) Admit(_ context.Context, op *vfs.Op) error {
	most := g.most()
	if op.Verb != vfs.VerbCreate || most == 0 {
		return nil
	}
	if op.Size > most {
		return &vfs.Error{Verb: string(op.Verb), Path: op.Asked, Err: vfs.ErrTooLarge,
			Text: fmt.Sprintf("a file may have %d bytes here", most)}
	}
	if op.Limit < 0 || op.Limit > most {
		op.Limit = most
	}
	return nil
}
