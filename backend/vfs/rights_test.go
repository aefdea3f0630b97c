package vfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// rightsCase is one verb and which rights it needs: any one of the listed sets.
type rightsCase struct {
	verb  string
	needs []string
	do    func(s *vfs.Session, dir string) error
	// blind: who may only add is not told that the name is taken, and both are kept.
	blind bool
}

var rightsCases = []rightsCase{
	{"stat", []string{"r", "g"}, func(s *vfs.Session, d string) error { _, err := s.Stat(d + "/old.txt"); return err }, false},
	{"stat folder", []string{"r"}, func(s *vfs.Session, d string) error { _, err := s.Stat(d + "/sub"); return err }, false},
	{"list", []string{"r", "w"}, func(s *vfs.Session, d string) error { _, err := s.List(d + "/sub"); return err }, false},
	{"open", []string{"r", "g"}, func(s *vfs.Session, d string) error {
		f, err := s.Open(d + "/old.txt")
		if err == nil {
			f.Close()
		}
		return err
	}, false},
	{"record", []string{"r", "g"}, func(s *vfs.Session, d string) error { _, err := s.Record(d + "/old.txt"); return err }, false},
	{"create", []string{"w"}, func(s *vfs.Session, d string) error { return put(s, d+"/new.txt", "n", vfs.CreateOptions{}) }, false},
	{"replace", []string{"wd"}, func(s *vfs.Session, d string) error {
		return put(s, d+"/old.txt", "n", vfs.CreateOptions{})
	}, true},
	{"put", []string{"w"}, func(s *vfs.Session, d string) error {
		return put(s, d+"/old.txt", "n", vfs.CreateOptions{OnExist: vfs.ReplaceOrKeepBoth})
	}, false},
	{"keep both", []string{"w"}, func(s *vfs.Session, d string) error {
		return put(s, d+"/old.txt", "n", vfs.CreateOptions{OnExist: vfs.KeepBoth})
	}, false},
	{"append", []string{"wd"}, func(s *vfs.Session, d string) error {
		return put(s, d+"/old.txt", "n", vfs.CreateOptions{Base: vfs.Append})
	}, true},
	{"edit", []string{"wd"}, func(s *vfs.Session, d string) error {
		return put(s, d+"/old.txt", "n", vfs.CreateOptions{Base: vfs.Existing})
	}, true},
	{"mkdir", []string{"w"}, func(s *vfs.Session, d string) error { _, err := s.Mkdir(d+"/made", false); return err }, false},
	{"remove", []string{"d"}, func(s *vfs.Session, d string) error { _, err := s.Remove(d + "/old.txt"); return err }, false},
	{"remove folder", []string{"d"}, func(s *vfs.Session, d string) error { _, err := s.Remove(d + "/sub"); return err }, false},
	{"rename", []string{"mw"}, func(s *vfs.Session, d string) error {
		_, err := s.Rename(d+"/old.txt", d+"/moved.txt", vfs.Refuse)
		return err
	}, false},
	{"rename over", []string{"mwd"}, func(s *vfs.Session, d string) error {
		_, err := s.Rename(d+"/old.txt", d+"/other.txt", vfs.Replace)
		return err
	}, false},
	{"copy", []string{"rw", "gw"}, func(s *vfs.Session, d string) error {
		_, err := s.Copy(d+"/old.txt", d+"/copy.txt", vfs.Refuse)
		return err
	}, false},
	{"copy over", []string{"rwd", "gwd"}, func(s *vfs.Session, d string) error {
		_, err := s.Copy(d+"/old.txt", d+"/other.txt", vfs.Replace)
		return err
	}, false},
	{"copy folder", []string{"rw"}, func(s *vfs.Session, d string) error {
		_, err := s.Copy(d+"/sub", d+"/copied", vfs.Refuse)
		return err
	}, false},
	{"set times", []string{"wd"}, func(s *vfs.Session, d string) error {
		return s.SetTimes(d+"/old.txt", time.Unix(1e9, 0))
	}, false},
	{"lock", []string{"wd"}, func(s *vfs.Session, d string) error {
		_, err := s.Lock(d+"/old.txt", vfs.LockRequest{})
		return err
	}, false},
}

func put(s *vfs.Session, name, content string, o vfs.CreateOptions) error {
	o.Size = -1
	w, err := s.Create(name, o)
	if err != nil {
		return err
	}
	_, err = w.Write([]byte(content))
	if err == nil {
		_, err = w.Commit()
	}
	if err != nil && !errors.Is(err, vfs.ErrKilled) {
		w.Abort()
	}
	return err
}

// TestEveryVerbWithEveryRights asks every verb with each of the 32 sets of rwmdg at the folder, each
// on fresh files of somebody else.
func TestEveryVerbWithEveryRights(t *testing.T) {
	h := vfstest.New(t)
	owner := h.Owner()
	user := vfstest.User("ann")
	n := 0
	for bits := range 32 {
		letters := ""
		for i, c := range "rwmdg" {
			if bits&(1<<i) != 0 {
				letters += string(c)
			}
		}
		h.Tree.SetPolicy(access.NewPolicy([]access.Grant{{
			Path: "/files", Who: vfstest.Account("ann"), Rights: vfstest.Rights(letters),
		}}))
		for _, c := range rightsCases {
			n++
			dir := fmt.Sprintf("/files/case%d", n)
			h.Put(owner, dir+"/old.txt", "old"+dir)
			h.Put(owner, dir+"/other.txt", "other"+dir)
			h.Put(owner, dir+"/sub/deep.txt", "deep"+dir)
			s := h.Session(user)
			err := c.do(s, dir)
			s.Close()
			blind := c.blind && letters == "w"
			if allowed := anySet(letters, c.needs) || blind; allowed != (err == nil) {
				t.Errorf("%s with %q: %v", c.verb, letters, err)
			} else if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s with %q: refused with %v", c.verb, letters, err)
			}
			if err != nil || blind {
				if got := h.Get(owner, dir+"/old.txt"); got != "old"+dir {
					t.Errorf("%s with %q did not mean to and left %q", c.verb, letters, got)
				}
			}
		}
	}
}

func anySet(have string, sets []string) bool {
	for _, set := range sets {
		ok := true
		for _, c := range set {
			ok = ok && strings.ContainsRune(have, c)
		}
		if ok {
			return true
		}
	}
	return false
}

// TestNoRightsSeeNothing: without any right at a volume it is as if there were none but for the root.
func TestNoRightsSeeNothing(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "open", Path: "/open"}),
		vfstest.Volume(vfs.Volume{Name: "shut", Path: "/shut"}),
		vfstest.Volume(vfs.Volume{Name: "deep", Path: "/team/deep"}),
		vfstest.Volume(vfs.Volume{Name: "hide", Path: "/hide", HideRefused: true}),
		vfstest.Grant("/open", vfstest.Everyone(), "r"),
		vfstest.Grant("/shut/in/side", vfstest.Everyone(), "r"),
		vfstest.Grant("/team/deep", vfstest.Account("ann"), "r"))
	h.Put(h.Owner(), "/shut/secret.txt", "s")
	h.Put(h.Owner(), "/shut/in/secret.txt", "s")
	h.Put(h.Owner(), "/shut/in/side/open.txt", "o")
	h.Put(h.Owner(), "/hide/x.txt", "x")
	guest := h.Guest()
	wantNames(t, guest, "/", "open", "shut")
	wantNames(t, h.Session(vfstest.User("ann")), "/", "open", "shut", "team")
	wantNames(t, h.Session(vfstest.User("ann")), "/team", "deep")
	wantNames(t, guest, "/shut", "in")
	wantNames(t, guest, "/shut/in", "side")
	wantNames(t, guest, "/shut/in/side", "open.txt")
	for name, want := range map[string]error{
		"/shut/secret.txt": fs.ErrPermission, "/shut/in/secret.txt": fs.ErrPermission, "/shut/none": fs.ErrPermission,
		"/hide/x.txt": fs.ErrNotExist, "/hide": fs.ErrNotExist, "/team": fs.ErrPermission, "/none": fs.ErrNotExist,
	} {
		if _, err := guest.Stat(name); !errors.Is(err, want) {
			t.Errorf("stat %s: %v, want %v", name, err, want)
		}
		if _, err := guest.Open(name); err == nil {
			t.Errorf("open %s worked", name)
		}
	}
}

func wantNames(t *testing.T, s *vfs.Session, dir string, want ...string) {
	t.Helper()
	list, err := s.List(dir)
	if err != nil {
		t.Errorf("list %s: %v", dir, err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("list %s: %q, want %q", dir, got, want)
	}
}
