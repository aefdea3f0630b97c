package localdisk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

const idName = "volume"

// readID returns the id that this instance wrote at the top of the volume, "" when there is none.
func (d *Disk) readID(root dir) (string, error) {
	h, err := root.find(hiddenName+"/"+d.opts.Instance+"/"+idName, noLinks)
	if err != nil {
		return "", ignoreMissing(err)
	}
	defer h.close()
	f, err := h.open()
	if err != nil {
		return "", ignoreMissing(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 128))
	if err != nil {
		return "", fmt.Errorf("volume id: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// ignoreMissing: what cannot be reached is not there.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, errLink) || isNotDir(err) {
		return nil
	}
	return err
}

// settle runs when the volume was opened. Where a mount begins, its id is made at once: an empty
// mount point must never pass for the volume.
func (d *Disk) settle(a *anchor) {
	d.mu.Lock()
	known := d.id != ""
	d.mu.Unlock()
	if known || d.opts.ReadOnly || !mountBegins(d.opts.Root) {
		return
	}
	f := &folder{d: d, dir: a.root, real: ".", m: a.m}
	if _, err := a.placeFor(f); err != nil {
		d.log.Info("no volume id: the volume cannot be written", "root", d.opts.Root, "err", err)
	}
}

// remember writes the volume id when p is the place at the top, else notes where p is.
func (d *Disk) remember(a *anchor, p *place) {
	if p.top != "." {
		if err := d.note(a, noted{Places: []string{p.top}}); err != nil {
			d.log.Warn("cannot note a staging place", "folder", p.top, "err", err)
		}
		return
	}
	d.mu.Lock()
	id := d.id
	d.mu.Unlock()
	if id == "" {
		id = strings.ToLower(rand.Text())
	} else if there, err := d.readID(a.root); err != nil || there == id {
		return
	}
	if err := replaceFile(p.home, idName, []byte(id+"\n"), true); err != nil {
		d.log.Warn("cannot write the volume id", "root", d.opts.Root, "err", err)
		return
	}
	d.mu.Lock()
	d.id = id
	d.mu.Unlock()
}

// replaceFile writes a small file whole: readers and crashes see the old or the new one.
func replaceFile(in dir, base string, data []byte, sync bool) error {
	tmp := base + ".new"
	if err := in.unlink(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := in.create(tmp)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = in.rename(tmp, in, base, false)
	}
	if err != nil {
		in.unlink(tmp)
		return err
	}
	if sync {
		return syncDir(in)
	}
	return nil
}

func readFile(in dir, base string, most int64) ([]byte, error) {
	h, err := in.find(base, noLinks)
	if err != nil {
		return nil, err
	}
	defer h.close()
	f, err := h.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s: larger than %d bytes", base, most)
	}
	return b, err
}
