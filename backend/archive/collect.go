package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"portico/backend/vfs"
)

// reportName is the text file that tells what is missing.
const reportName = "NOT-INCLUDED.txt"

// collector walks what a request names and makes members of it.
type collector struct {
	plan    *Plan
	request Request
	limit   int
	base    string // what is cut off the paths of entries
	left    []left
	changed bool // a name had to be changed
}

// left is what cannot go in.
type left struct {
	path string
	why  string
}

func (c *collector) collect() error {
	folder, err := c.plan.session.Stat(c.request.Folder)
	if err != nil {
		return err
	}
	if !folder.IsFolder() {
		return &vfs.Error{Verb: "pack", Path: c.request.Folder, Err: vfs.ErrKind}
	}
	c.base = strings.TrimSuffix(folder.Path, "/") + "/"
	if c.request.Top != "" {
		c.folder("", folder)
	}
	if len(c.request.Names) == 0 {
		err = c.walk(folder.Path)
	} else {
		err = c.chosen()
	}
	if err != nil {
		return err
	}
	c.check()
	if c.changed {
		c.distinguish()
	}
	c.report()
	return nil
}

// chosen packs the named entries, each once, in their sorted order.
func (c *collector) chosen() error {
	names := slices.Compact(slices.Sorted(slices.Values(c.request.Names)))
	for _, name := range names {
		if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
			return &vfs.Error{Verb: "pack", Path: c.base + name, Err: vfs.ErrName}
		}
		e, err := c.plan.session.Stat(c.base + name)
		if err != nil {
			return err
		}
		if !e.IsFolder() {
			c.entry(e)
			continue
		}
		c.entry(e)
		if err := c.walk(e.Path); err != nil {
			return err
		}
	}
	return nil
}

// walk adds everything below folder, not folder itself.
func (c *collector) walk(folder string) error {
	for e, err := range c.plan.session.Walk(folder) {
		if e.Path == folder || e.Path == "" {
			if err != nil {
				return err
			}
			continue
		}
		if err != nil {
			c.left = append(c.left, left{e.Path, reason(err)})
			continue
		}
		c.entry(e)
		if len(c.plan.members) > c.limit {
			return errMany(folder)
		}
	}
	return nil
}

func (c *collector) entry(e vfs.Entry) {
	rel := strings.TrimPrefix(e.Path, c.base)
	switch {
	case e.Pending:
		c.left = append(c.left, left{e.Path, "it is still arriving"})
	case e.Absent:
		c.left = append(c.left, left{e.Path, "the drive is not connected"})
	case e.Kind == vfs.KindFolder:
		c.folder(rel, e)
	case e.Kind == vfs.KindFile:
		c.plan.members = append(c.plan.members, member{name: c.name(rel), path: e.Path, version: e.Version, size: e.Size, mod: e.ModTime.Unix()})
	case e.Kind == vfs.KindLink:
		c.left = append(c.left, left{e.Path, "it is a link that leads nowhere or outside"})
	default:
		c.left = append(c.left, left{e.Path, "it is not a file"})
	}
}

func (c *collector) folder(rel string, e vfs.Entry) {
	c.plan.members = append(c.plan.members, member{name: c.name(rel) + "/", path: e.Path, mod: e.ModTime.Unix()})
}

// name is where rel stands inside the archive.
func (c *collector) name(rel string) string {
	full := path.Join(c.request.Top, rel)
	safe := safeNames(full, c.plan.format)
	if safe != full {
		c.changed = true
	}
	return safe
}

// check opens every file once, so that one that cannot be read is reported instead of breaking the
// archive in the middle.
func (c *collector) check() {
	var files []int
	for i := range c.plan.members {
		if !c.plan.members[i].folder() {
			files = append(files, i)
		}
	}
	why := make([]string, len(c.plan.members))
	var work sync.WaitGroup
	workers := min(c.plan.packer.o.Workers, len(files)/64+1)
	for w := range workers {
		work.Go(func() {
			for i := w; i < len(files); i += workers {
				m := &c.plan.members[files[i]]
				f, err := c.plan.session.Open(m.path)
				if err != nil {
					why[files[i]] = reason(err)
					continue
				}
				e := f.Entry()
				m.version, m.size, m.mod = e.Version, e.Size, e.ModTime.Unix()
				f.Close()
			}
		})
	}
	work.Wait()
	kept := c.plan.members[:0]
	for i, m := range c.plan.members {
		if why[i] != "" {
			c.left = append(c.left, left{m.path, why[i]})
			continue
		}
		kept = append(kept, m)
	}
	c.plan.members = kept
}

// distinguish gives names that became equal a number, and keeps one of each folder.
func (c *collector) distinguish() {
	taken := make(map[string]bool, len(c.plan.members))
	kept := c.plan.members[:0]
	for _, m := range c.plan.members {
		if taken[m.name] && m.folder() {
			continue
		}
		plain := m.name
		for n := 2; taken[m.name]; n++ {
			ext := path.Ext(plain)
			m.name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(plain, ext), n, ext)
		}
		taken[m.name] = true
		kept = append(kept, m)
	}
	c.plan.members = kept
}

// report counts, and adds the text file where something is missing.
func (c *collector) report() {
	p := c.plan
	for i := range p.members {
		if p.members[i].folder() {
			p.Folders++
		} else {
			p.Files++
			p.Bytes += p.members[i].size
		}
	}
	p.Left = len(c.left)
	if p.Left == 0 {
		return
	}
	slices.SortFunc(c.left, func(a, b left) int { return strings.Compare(a.path, b.path) })
	var b strings.Builder
	b.WriteString("These could not be packed:\r\n\r\n")
	for _, l := range c.left {
		fmt.Fprintf(&b, "%s: %s\r\n", printable(strings.TrimPrefix(l.path, c.base)), l.why)
	}
	m := member{name: path.Join(c.request.Top, reportName), body: []byte(b.String()), size: int64(b.Len())}
	m.name = safeNames(m.name, p.format)
	for slices.ContainsFunc(p.members, func(o member) bool { return o.name == m.name }) {
		m.name = strings.TrimSuffix(m.name, ".txt") + "_.txt"
	}
	p.members = append(p.members, m)
}

// reason says in words why something is missing; never with a path of the disk.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "it may not be read"
	case errors.Is(err, fs.ErrNotExist):
		return "it is gone"
	case errors.Is(err, vfs.ErrAbsent):
		return "the drive is not connected"
	case errors.Is(err, vfs.ErrLocked), errors.Is(err, vfs.ErrBusy):
		return "it is in use"
	case errors.Is(err, vfs.ErrName):
		return "its name is not allowed"
	}
	return "it could not be read"
}
