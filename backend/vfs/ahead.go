package vfs

// Storages without Caps.RandomWrite take a stage only from its beginning to its end. Clients that send
// several packets at once (SFTP) mix up their order a little: what comes too early waits in memory.

// mostAhead is how many bytes may wait.
const mostAhead = 16 << 20

// stageAt writes to the stage, in order where the storage needs that. The caller holds io.
func (u *upload) stageAt(p []byte, off int64) (int, error) {
	if u.vol.caps.RandomWrite || off == u.staged {
		n, err := u.stage.WriteAt(p, off)
		u.staged = max(u.staged, off+int64(n))
		if err == nil && len(u.ahead) > 0 {
			err = u.drain()
		}
		return n, err
	}
	if off < u.staged || u.waiting+int64(len(p)) > mostAhead {
		return 0, &Error{Err: ErrRange, Text: "this storage takes files only from their beginning to their end"}
	}
	if u.ahead == nil {
		u.ahead = make(map[int64][]byte)
	}
	u.waiting += int64(len(p)) - int64(len(u.ahead[off]))
	u.ahead[off] = append([]byte(nil), p...)
	return len(p), nil
}

// drain stages what was waiting for the bytes before it.
func (u *upload) drain() error {
	for {
		p, ok := u.ahead[u.staged]
		if !ok {
			return nil
		}
		delete(u.ahead, u.staged)
		u.waiting -= int64(len(p))
		n, err := u.stage.WriteAt(p, u.staged)
		u.staged += int64(n)
		if err != nil {
			return err
		}
	}
}
