package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"

	"portico/backend/vfs/driver"
)

// rewriter makes a storage hold the safe state of an image. What already is as it should be is not
// touched.
type rewriter struct {
	ctx     context.Context
	d       driver.Driver
	r       *rand.Rand
	content map[*node]survivor
	staged  int
}

func (w *rewriter) run(m *image) error {
	root, err := openFolder(w.ctx, w.d, ".")
	if err != nil {
		return err
	}
	defer root.Close()
	if err = w.stages(root, m.stages); err != nil {
		return err
	}
	if err = w.folder(root, m.root); err != nil {
		return err
	}
	for kind, n := range m.attics {
		if len(n.names) == 0 && len(n.safeNames) == 0 {
			continue
		}
		attic, err := root.Attic(w.ctx, kind)
		if err != nil {
			return err
		}
		err = w.folder(attic, n)
		if err = errors.Join(err, attic.Close()); err != nil {
			return err
		}
	}
	return nil
}

// of chooses once what a file holds, however many names it has.
func (w *rewriter) of(n *node) survivor {
	s, ok := w.content[n]
	if !ok {
		s = n.survive(w.r)
		w.content[n] = s
	}
	return s
}

func (w *rewriter) folder(f driver.Folder, n *node) error {
	have := map[string]driver.Kind{}
	for i, err := range f.Names(w.ctx) {
		if err != nil {
			return err
		}
		have[i.Name] = i.Kind
	}
	for name, kind := range have {
		want := n.safeNames[name]
		if want != nil && (want.opaque || want.folder == (kind == driver.KindFolder)) {
			continue
		}
		if err := w.remove(f, name, kind); err != nil {
			return err
		}
		delete(have, name)
	}
	for name, want := range n.safeNames {
		_, there := have[name]
		var err error
		switch {
		case want.opaque:
		case want.folder:
			err = w.subfolder(f, name, want, there)
		default:
			err = w.file(f, name, w.of(want), there)
		}
		if err != nil {
			return fmt.Errorf("rewriting %q: %w", name, err)
		}
	}
	return nil
}

func (w *rewriter) subfolder(f driver.Folder, name string, n *node, there bool) error {
	if !there {
		if err := f.Mkdir(w.ctx, name); err != nil {
			return err
		}
	}
	sub, err := openBelow(w.ctx, f, name)
	if err != nil {
		return err
	}
	return errors.Join(w.folder(sub, n), sub.Close())
}

func (w *rewriter) remove(f driver.Folder, name string, kind driver.Kind) error {
	if kind == driver.KindFolder {
		sub, err := openBelow(w.ctx, f, name)
		if err != nil {
			return err
		}
		if err = errors.Join(w.folder(sub, newFolder()), sub.Close()); err != nil {
			return err
		}
	}
	return f.Remove(w.ctx, name)
}

func (w *rewriter) file(f driver.Folder, name string, want survivor, there bool) error {
	if there {
		o, err := f.Lookup(w.ctx, name, driver.WantRead)
		if err != nil {
			return err
		}
		now, err := fileContent(o)
		if err = errors.Join(err, o.Close()); err != nil {
			return err
		}
		if bytes.Equal(now.safe, want.data) {
			return nil
		}
	}
	s, err := w.stage(f, want, "")
	if err != nil {
		return err
	}
	if _, err = s.Publish(w.ctx, f, name, driver.PublishOptions{}); err != nil {
		return errors.Join(err, s.Discard())
	}
	return nil
}

// stage makes a stage that holds want; id "" for a passing one.
func (w *rewriter) stage(f driver.Folder, want survivor, id string) (driver.Stage, error) {
	if id == "" {
		w.staged++
		id = fmt.Sprintf("fault-%d", w.staged)
	}
	s, err := f.Stage(w.ctx, driver.StageOptions{ID: id, Size: int64(len(want.data))})
	if err != nil {
		return nil, err
	}
	_, err = s.WriteAt(want.data, 0)
	if err == nil && !want.time.IsZero() {
		err = s.SetTimes(want.time)
	}
	if err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

// stages makes the stages of the storage those that survived.
func (w *rewriter) stages(root driver.Folder, n *node) error {
	var ids []string
	for id, err := range w.d.Stages(w.ctx) {
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	done := map[string]bool{}
	for _, id := range ids {
		s, err := w.d.OpenStage(w.ctx, id)
		if err != nil {
			return err
		}
		if want := n.safeNames[id]; want != nil && w.same(s, w.of(want)) {
			done[id] = true
			err = s.Close()
		} else {
			err = s.Discard()
		}
		if err != nil {
			return err
		}
	}
	for id, want := range n.safeNames {
		if done[id] {
			continue
		}
		s, err := w.stage(root, w.of(want), id)
		if err != nil {
			return err
		}
		if j := w.of(want).journal; j != nil {
			err = s.SaveJournal(j, true)
		}
		if err = errors.Join(err, s.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (w *rewriter) same(s driver.Stage, want survivor) bool {
	now, err := stageContent(s)
	if err != nil || !bytes.Equal(now.safe, want.data) {
		return false
	}
	j, err := s.Journal()
	if errors.Is(err, fs.ErrNotExist) {
		return want.journal == nil
	}
	return err == nil && want.journal != nil && bytes.Equal(j, want.journal)
}
