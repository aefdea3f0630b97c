package vfs

import "portico/backend/access"

// Unfinished is a write of one's own that was cut and kept, or goes on at this moment.
type Unfinished struct {
	ID      string // for Resume
	Size    int64  // how long the file is by now
	Busy    bool   // a Writer holds it, perhaps one of a connection that hangs: Resume ends that
	Appends bool   // it adds to what is there
}

// Unfinished tells of the newest write to name that the session's identity began, may take up again and
// has not finished; also where Origin.Committed hides it. It is for doors whose clients know no id (FTP's
// REST, SFTP).
func (s *Session) Unfinished(name string) (Unfinished, bool) {
	if s.tree.pending.count.Load() == 0 {
		return Unfinished{}, false
	}
	p, err := s.locate(name)
	if err != nil {
		return Unfinished{}, false
	}
	u := s.tree.pending.of(s, p.path)
	if u == nil || !u.waits || !s.tree.policy.Load().Rights(s.id, u.path).Has(access.Write) {
		return Unfinished{}, false
	}
	return Unfinished{ID: u.id, Size: u.length(), Busy: u.busy(), Appends: u.o.Base == Append && u.based}, true
}
