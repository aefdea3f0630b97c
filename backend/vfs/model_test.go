package vfs_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/drivertest/fault"
	"portico/backend/vfs/vfstest"
)

// model is a tree in memory: path → content; folders end with a slash.
type model map[string]string

func (m model) folder(p string) bool { _, ok := m[p+"/"]; return ok || p == "/files" }
func (m model) file(p string) bool   { _, ok := m[p]; return ok }
func (m model) taken(p string) bool  { return m.file(p) || m.folder(p) }

func (m model) drop(p string) {
	delete(m, p)
	maps.DeleteFunc(m, func(k, _ string) bool { return strings.HasPrefix(k, p+"/") })
}

func (m model) copyTree(from, to string) {
	for k, v := range maps.Clone(m) {
		if k == from || strings.HasPrefix(k, from+"/") {
			m[to+k[len(from):]] = v
		}
	}
}

// step is one verb with its arguments.
type step struct {
	verb     string
	from, to string
	content  string
	on       vfs.OnExist
}

func (st step) String() string {
	return fmt.Sprintf("%s %s %s %q %d", st.verb, st.from, st.to, st.content, st.on)
}

var modelNames = []string{"/files/a", "/files/b", "/files/d", "/files/d/a", "/files/d/e", "/files/d/e/b"}

func drawStep(t *rapid.T) step {
	return step{
		verb:    rapid.SampledFrom([]string{"put", "put", "put", "append", "mkdir", "remove", "rename", "copy", "trash"}).Draw(t, "verb"),
		from:    rapid.SampledFrom(modelNames).Draw(t, "from"),
		to:      rapid.SampledFrom(modelNames).Draw(t, "to"),
		content: rapid.SampledFrom([]string{"x", "yy", "zzz", ""}).Draw(t, "content"),
		on:      rapid.SampledFrom([]vfs.OnExist{vfs.Replace, vfs.KeepBoth, vfs.Refuse}).Draw(t, "on"),
	}
}

// notKept is what a step "trash" says of an empty placeholder: it goes for good.
const notKept = "not kept"

// do carries a step out. The name that keep-both chose comes back.
func (st step) do(s *vfs.Session) (name string, err error) {
	switch st.verb {
	case "put", "append":
		o := vfs.CreateOptions{OnExist: st.on, Size: int64(len(st.content))}
		if st.verb == "append" {
			o.Base, o.OnExist = vfs.Append, vfs.Replace
		}
		w, err := s.Create(st.from, o)
		if err != nil {
			return "", err
		}
		if _, err = w.Write([]byte(st.content)); err == nil {
			r, cerr := w.Commit()
			name, err = r.Path, cerr
		}
		if err != nil {
			w.Abort()
		}
		return name, err
	case "mkdir":
		_, err = s.Mkdir(st.from, false)
	case "remove":
		_, err = s.Remove(st.from)
	case "rename":
		var e vfs.Entry
		e, err = s.Rename(st.from, st.to, st.on)
		return e.Path, err
	case "copy":
		var e vfs.Entry
		e, err = s.Copy(st.from, st.to, st.on)
		return e.Path, err
	case "trash": // remove and bring back
		r, err := s.Remove(st.from)
		if err != nil {
			return "", err
		}
		if r.Trash == "" {
			return notKept, nil
		}
		_, err = s.Restore(r.Trash, vfs.Refuse)
		return "", err
	}
	return "", err
}

// apply tells what a step does to the model; ok is false where it must be refused. name is what
// keep-both chose.
func (m model) apply(st step, name string) (_ model, ok bool) {
	m = maps.Clone(m)
	parent := func(p string) bool { return m.folder(path.Dir(p)) }
	switch st.verb {
	case "put", "append":
		switch {
		case !parent(st.from), m.folder(st.from):
			return m, false
		case st.verb == "append":
			m[st.from] += st.content
		case !m.file(st.from), st.on == vfs.Replace:
			m[st.from] = st.content
		case st.on == vfs.Refuse:
			return m, false
		case m[st.from] == st.content: // the same bytes: unchanged
		default:
			return m.beside(st.from, name, func(to string) { m[to] = st.content })
		}
	case "mkdir":
		if !parent(st.from) || m.taken(st.from) {
			return m, false
		}
		m[st.from+"/"] = ""
	case "remove", "trash":
		if !m.taken(st.from) {
			return m, false
		}
		if st.verb == "remove" || name == notKept {
			m.drop(st.from)
		}
	case "rename", "copy":
		if !m.taken(st.from) || !parent(st.to) {
			return m, false
		}
		return m.applyPair(st, name)
	}
	return m, true
}

func (m model) applyPair(st step, name string) (model, bool) {
	to := st.to
	if st.from == to {
		if st.verb == "copy" && st.on == vfs.KeepBoth {
			return m.beside(to, name, func(to string) { m.copyTree(st.from, to) })
		}
		return m, true
	}
	if m.folder(st.from) && strings.HasPrefix(to, st.from+"/") {
		return m, false
	}
	if m.taken(to) {
		switch st.on {
		case vfs.Refuse:
			return m, false
		case vfs.KeepBoth:
			return m.beside(to, name, func(to string) {
				m.copyTree(st.from, to)
				if st.verb == "rename" {
					m.drop(st.from)
				}
			})
		}
		if strings.HasPrefix(st.from, to+"/") {
			return m, false // what would have to go holds what shall come
		}
		m.drop(to)
	}
	m.copyTree(st.from, to)
	if st.verb == "rename" {
		m.drop(st.from)
	}
	return m, true
}

func (m model) beside(taken, name string, put func(string)) (model, bool) {
	if name == "" {
		return nil, true // the reply was lost: any name
	}
	if m.taken(name) || !strings.HasPrefix(name, strings.TrimSuffix(taken, path.Ext(taken))+" (") {
		return m, false
	}
	put(name)
	return m, true
}

// lab is a house whose storage can be made to fail.
type lab struct {
	*vfstest.House
	faults *fault.Driver
}

func newLab(t testing.TB, power bool, v vfs.Volume, open func(dir string) driver.Driver) *lab {
	l := &lab{}
	l.House = vfstest.New(t, vfstest.Volume(v), vfstest.Drivers(func(dir string) driver.Driver {
		inner := open(dir)
		if !power {
			l.faults = fault.New(inner, fault.Options{})
			return l.faults
		}
		d, err := fault.WithPower(context.Background(), inner, fault.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l.faults = d
		return d
	}))
	return l
}

// check compares what everybody sees with the models that are allowed, and returns the one that is.
func (l *lab) check(t *rapid.T, st step, allowed ...model) model {
	t.Helper()
	now := visible(l.T.(*testing.T), l.House, l.Owner())
	for _, m := range allowed {
		if m == nil || same(now, m) {
			return now
		}
	}
	t.Fatalf("after %s:\n%v, allowed\n%v", st, now, allowed)
	return nil
}

// TestModel plays random verbs against a model, on every kind of storage, with storages that fail,
// and with kills.
func TestModel(t *testing.T) {
	for name, open := range storages(t) {
		for _, v := range []vfs.Volume{
			{Name: "keeping", Path: "/files", Durability: store.Durable, Trash: true, Versions: true},
			{Name: "plain", Path: "/files", Durability: store.Fast},
		} {
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				l := newLab(t, false, v, open)
				rapid.Check(t, func(rt *rapid.T) { playModel(rt, l, v.Trash) })
			})
		}
	}
}

func playModel(t *rapid.T, l *lab, trash bool) {
	s := l.Owner()
	defer func() { s.Close() }()
	list, err := s.List("/files")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if _, err := s.Remove(e.Path); err != nil {
			t.Fatal(err)
		}
	}
	m := model{}
	for range rapid.IntRange(5, 25).Draw(t, "steps") {
		st := drawStep(t)
		if st.verb == "trash" && !trash {
			st.verb = "remove"
		}
		trouble := rapid.SampledFrom([]string{"", "", "", "error", "late", "kill", "slow"}).Draw(t, "trouble")
		events := changes(l)
		if trouble != "" {
			l.faults.Add(drawRule(t, trouble))
		}
		name, err := st.do(s)
		killed := l.faults.Killed()
		l.faults.Clear()
		if killed {
			s.Close()
			l.faults.Kill()
			l.Tree.Kill()
			l.Reopen()
			s = l.Owner()
		}
		next, ok := m.apply(st, name)
		news := changes(l) - events
		switch {
		case err == nil && !ok:
			t.Fatalf("%s worked on %v", st, m)
		case err == nil:
			m = l.check(t, st, next)
		case !ok:
			m = l.check(t, st, m)
		case trouble == "" || trouble == "slow":
			t.Fatalf("%s: %v\non %v", st, err, m)
		default:
			before := m
			m = l.check(t, st, m, next, removedOnly(m, st))
			changed := !same(before, m)
			alike := !changed && same(before, next) // done or not looks the same: only the event tells
			if changed != (news > 0) && !alike && !quiet(st, before, m) {
				t.Fatalf("after %s (%v): %v became %v with %d events", st, err, before, m, news)
			}
		}
		if killed {
			if n := l.Tree.IntentsLeft("plain") + l.Tree.IntentsLeft("keeping"); n != 0 {
				t.Fatalf("%d intents left", n)
			}
		}
	}
}

// changes counts the events that tell of a change: that a write was given up is none.
func changes(l *lab) (n int) {
	for _, e := range l.Events() {
		if e.Kind != event.Failed {
			n++
		}
	}
	return n
}

// removedOnly is the state after the first half of the two steps that are two changes: a remove and a
// restore, or a folder making way.
func removedOnly(m model, st step) model {
	m = maps.Clone(m)
	switch st.verb {
	case "trash":
		m.drop(st.from)
	case "rename", "copy":
		m.drop(st.to)
	}
	return m
}

// quiet reports whether a change is one that no event tells of: an empty placeholder.
func quiet(st step, before, after model) bool {
	return st.content == "" || st.verb == "trash" || before[st.from] == "" || after[st.from] == ""
}

func drawRule(t *rapid.T, trouble string) fault.Rule {
	r := fault.Rule{
		Op: rapid.SampledFrom([]fault.Op{
			fault.Lookup, fault.OpenFolder, fault.Entries, fault.Mkdir, fault.Remove, fault.Rename, fault.NewStage, fault.Attic,
			fault.SyncFolder, fault.Write, fault.SyncStage, fault.Publish, fault.Publish, fault.Discard, fault.OpenAppend, fault.Open,
		}).Draw(t, "op"),
		Skip: rapid.IntRange(0, 3).Draw(t, "skip"),
	}
	switch trouble {
	case "error":
		r.Err = rapid.SampledFrom([]error{driver.ErrNoSpace, syscall.EIO}).Draw(t, "err")
	case "late":
		r.Err, r.Late = syscall.EIO, true
	case "kill":
		r.Kill, r.Late = true, rapid.Bool().Draw(t, "late")
	case "slow":
		r.Delay, r.Count = 5*time.Millisecond, 2
	}
	return r
}

// TestModelPowerLoss plays random verbs and cuts the power: everything that was answered is there.
func TestModelPowerLoss(t *testing.T) {
	v := vfs.Volume{Name: "keeping", Path: "/files", Durability: store.Durable, Trash: true}
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(t, true, v, func(dir string) driver.Driver { return openDisk(t, dir) })
		s := l.Owner()
		m := model{}
		var last step
		allowed := []model{m}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			last = drawStep(rt)
			cut := rapid.IntRange(0, 5).Draw(rt, "cut") == 0
			if cut {
				l.faults.Add(drawRule(rt, "kill"))
			}
			name, err := last.do(s)
			next, ok := m.apply(last, name)
			if l.faults.Killed() {
				if allowed = []model{m, removedOnly(m, last)}; ok {
					allowed = append(allowed, next)
				}
				break
			}
			l.faults.Clear()
			if (err == nil) != ok {
				rt.Fatalf("%s: %v on %v", last, err, m)
			}
			if ok {
				m = next
			}
			allowed = []model{m}
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		if err := l.faults.PowerLoss(context.Background(), rand.New(rand.NewPCG(seed, 0))); err != nil {
			rt.Fatal(err)
		}
		l.Tree.Kill()
		l.faults.Close()
		l.Reopen()
		l.check(rt, last, allowed...)
		if n := l.Tree.IntentsLeft("keeping"); n != 0 {
			rt.Fatalf("%d intents left", n)
		}
		l.Close()
	})
}
