package sftp

import "strconv"

// extension is a request beyond version 3, as OpenSSH's PROTOCOL describes it.
type extension struct {
	name    string
	version string // as it is announced; "": it is not
	answer  func(*talk, *packet) error
}

// extensions is the one list of them.
func extensions() []extension {
	return []extension{
		{"posix-rename@openssh.com", "1", (*talk).replace},
		{"statvfs@openssh.com", "2", (*talk).statvfs},
		{"fstatvfs@openssh.com", "2", (*talk).fstatvfs},
		{"fsync@openssh.com", "1", (*talk).fsync},
		{"lsetstat@openssh.com", "1", (*talk).setstat},
		{"limits@openssh.com", "1", (*talk).limits},
		{"expand-path@openssh.com", "1", (*talk).home},
		{"home-directory", "1", (*talk).homeOf},
		{"copy-data", "1", (*talk).copied},
		{"hardlink@openssh.com", "", (*talk).symlink},
	}
}

func (t *talk) extended(p *packet) error {
	name := p.text()
	for _, e := range extensions() {
		if e.name == name {
			return e.answer(t, p)
		}
	}
	return t.status(p.id, refusal{statusUnsupported, "This server does not know " + strconv.Quote(name[:min(len(name), 64)]) + "."})
}

func (t *talk) limits(p *packet) error {
	r := newReply(t.out[:], typeExtendedReply, p.id)
	r.uint64(mostPacket)
	r.uint64(mostData)
	r.uint64(mostData)
	r.uint64(mostOpen)
	return t.send(r)
}

// homeOf is where somebody's names begin: one's own, whoever is asked for.
func (t *talk) homeOf(p *packet) error { return t.clean(p.id, t.start) }

func (t *talk) fsync(p *packet) error {
	h, _ := t.files.find(p)
	switch {
	case h == nil:
		return t.status(p.id, errHandle)
	case h.writer == nil:
		return t.status(p.id, nil)
	}
	return t.status(p.id, h.writer.Sync())
}

func (t *talk) statvfs(p *packet) error {
	name := t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	return t.room(p.id, name)
}

func (t *talk) fstatvfs(p *packet) error {
	h, _ := t.files.find(p)
	if h == nil {
		return t.status(p.id, errHandle)
	}
	return t.room(p.id, h.name)
}

// room answers how much space there is, in blocks of 4 KiB. Files are not counted.
func (t *talk) room(id uint32, name string) error {
	free, total, err := t.s.Usage(name)
	if err != nil {
		return t.status(id, err)
	}
	const block, many = 4096, 1 << 32
	r := newReply(t.out[:], typeExtendedReply, id)
	for _, v := range []uint64{
		block, block, uint64(total) / block, uint64(free) / block, uint64(free) / block,
		many, many, many, 0, 0, 255,
	} {
		r.uint64(v)
	}
	return t.send(r)
}
