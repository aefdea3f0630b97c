package share

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/vfs"
)

// filebrowser GHSA-mr74-928f-rw69: the share of a folder was rooted at its parent.
func TestIncidentShareIsRootedAtItsParent(t *testing.T) {
	s := newStory(t)
	v := s.visit(s.share(owner, NewShare{Path: "/shared", Preset: Full}).Key)
	if got := names(t, v, "/"); !slices.Equal(got, []string{"private", "sub", "a.txt", "b.txt"}) && !slices.Equal(got, []string{"a.txt", "b.txt", "private", "sub"}) {
		t.Errorf("%q", got)
	}
	if got, err := read(v, "/sub/c.txt"); got != "c" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, name := range outside {
		if got, err := read(v, name); err == nil {
			t.Errorf("%q reads %q", name, got)
		}
		if _, err := v.Rename("/a.txt", name+"x", vfs.Refuse); err == nil {
			if _, err := os.Stat(filepath.Join(s.disk, "shared", "a.txt")); err == nil {
				continue
			}
			// It stayed inside: put it back.
			if found := s.find("a"); found != "" && !access.Within("/shared", found) {
				t.Fatalf("%q moved a file to %s", name, found)
			}
			s.must(os.WriteFile(filepath.Join(s.disk, "shared", "a.txt"), []byte("a"), 0o644))
		}
	}
	if b, err := os.ReadFile(filepath.Join(s.disk, "sibling.txt")); string(b) != "sibling" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	entries, err := os.ReadDir(s.disk)
	s.must(err)
	for _, e := range entries {
		if !slices.Contains([]string{"shared", "shared2", "sibling.txt", "other", ".portico"}, e.Name()) {
			t.Errorf("%s was made outside of the share", e.Name())
		}
	}
}

// find returns the tree path of the file with this content.
func (s *story) find(text string) (found string) {
	s.must(filepath.WalkDir(s.disk, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if b, _ := os.ReadFile(path); string(b) == text {
			rel, _ := filepath.Rel(s.disk, path)
			found = "/" + filepath.ToSlash(rel)
		}
		return nil
	}))
	return found
}

// filebrowser GHSA-j9jx-hp4c-ghhh: rules were evaluated on the path as the share showed it.
func TestIncidentRulesOnTheRebasedPath(t *testing.T) {
	s := newStory(t)
	alice := s.person("alice", "/", access.Full)
	s.extra = append(s.extra, access.Boundary("/shared/private"))
	s.judge()
	v := s.visit(s.share(alice, NewShare{Path: "/shared", Preset: Full}).Key)
	if got, err := read(v, "/private/p.txt"); err == nil {
		t.Errorf("%q", got)
	}
	if _, err := v.Remove("/private"); err == nil {
		t.Error("removed")
	}
	if got, err := read(v, "/a.txt"); got != "a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// filebrowser CVE-2026-35604: a share went on with rights that its maker had lost.
func TestIncidentRevokedMaker(t *testing.T) {
	for say, revoke := range map[string]func(*story, access.Identity){
		"loses the right": func(s *story, _ access.Identity) { s.extra = nil },
		"is disabled": func(s *story, id access.Identity) {
			_, err := s.accounts.Update(context.Background(), id.ID, account.Change{Disabled: ptr(true)})
			s.must(err)
		},
		"is deleted": func(s *story, id access.Identity) { s.must(s.accounts.Delete(context.Background(), id.ID)) },
	} {
		t.Run(say, func(t *testing.T) {
			s := newStory(t)
			alice := s.person("alice", "/shared", access.Full)
			s.judge()
			made := s.share(alice, NewShare{Path: "/shared", Preset: Full})
			id, _, inside := s.open(made.Key, phone)
			v := s.session(id)
			if got, err := read(v, "/a.txt"); got != "a" || err != nil {
				t.Fatalf("%q, %v", got, err)
			}
			revoke(s, alice)
			s.judge()
			s.refused(made.Key, inside, ErrNone)
			s.refused(made.Key, phone, ErrNone)
			if _, err := s.Present(t.Context(), id); err != ErrNone {
				t.Errorf("%v", err)
			}
			if say == "loses the right" {
				if got, err := read(v, "/a.txt"); err == nil {
					t.Errorf("a session from before reads %q", got)
				}
				if list, err := s.List(t.Context(), owner); err != nil || len(list) != 1 || list[0].State != Gone || list[0].Why == "" {
					t.Errorf("%+v, %v", list, err)
				}
			}
		})
	}
}

// The same for a right that is only narrowed, and for one that comes back.
func TestIncidentNarrowedMaker(t *testing.T) {
	s := newStory(t)
	alice := s.person("alice", "/shared", access.Full)
	s.judge()
	made := s.share(alice, NewShare{Path: "/shared", Preset: Full})
	v := s.visit(made.Key)
	s.extra[0].Rights = access.Read
	s.judge()
	if _, err := v.Remove("/a.txt"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
	if _, err := v.Create("/new.txt", vfs.CreateOptions{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
	if got, err := read(s.visit(made.Key), "/a.txt"); got != "a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	s.extra[0].Rights = access.Full
	s.judge()
	if _, err := v.Remove("/a.txt"); err != nil {
		t.Errorf("%v", err)
	}
}

// filebrowser GHSA-3q2p-72cj-682c: a share of what does not exist waited for it to appear.
func TestIncidentShareOfWhatDoesNotExist(t *testing.T) {
	s := newStory(t)
	alice := s.person("alice", "/shared", access.Full)
	s.judge()
	for _, path := range []string{"/shared/later", "/nothing", "/shared/a.txt/x", "/other", "/shared/../other", "/"} {
		if made, err := s.Create(t.Context(), alice, NewShare{Path: path}); err == nil {
			t.Errorf("%s: %+v", path, made)
		}
	}
	// What is removed and made again under the same name is something else.
	made := s.share(alice, NewShare{Path: "/shared/sub"})
	_, err := s.session(owner).Remove("/shared/sub")
	s.must(err)
	s.refused(made.Key, phone, ErrNone)
	_, err = s.session(owner).Mkdir("/shared/sub", false)
	s.must(err)
	s.refused(made.Key, phone, ErrNone)
}

// filebrowser GHSA-3v48-283x-f2w4: some ways in did not ask for the password.
func TestIncidentPasswordBypass(t *testing.T) {
	s := newStory(t)
	made := s.share(owner, NewShare{Path: "/shared", Password: "sesame"})
	open := s.share(owner, NewShare{Path: "/shared"})
	_, _, other := s.open(open.Key, phone)
	for say, v := range map[string]Visitor{
		"nothing": phone, "this computer's window": {},
		"no cookies": {Remote: phone.Remote, Client: "curl"}, "pass of another share": other,
		"its key as password": {Remote: phone.Remote, Password: made.Key}, "empty pass": {Remote: phone.Remote, Pass: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
	} {
		if id, got, err := s.Open(t.Context(), made.Key, v); err == nil || id.Kind != 0 || got.ID != "" {
			t.Errorf("%s: %+v, %v", say, id, err)
		}
	}
	right := phone
	right.Password = "sesame"
	s.open(made.Key, right)
}

// filebrowser#2982: visitors appeared, and counted, as the share's maker.
func TestIncidentVisitorBecomesMaker(t *testing.T) {
	s := newStory(t)
	made := s.share(owner, NewShare{Path: "/shared", Preset: Full})
	id, _, _ := s.open(made.Key, phone)
	if id.Kind != access.Link || id.ID != made.ID || id.Is(owner) || s.policy().Administers(id) {
		t.Errorf("%+v", id)
	}
	w, err := s.session(id).Create("/new.txt", vfs.CreateOptions{Size: -1})
	s.must(err)
	_, err = w.Write([]byte("x"))
	s.must(err)
	result, err := w.Commit()
	s.must(err)
	if result.Path != "/new.txt" {
		t.Errorf("%+v", result)
	}
	got := s.events("created")
	if len(got) != 1 || got[0].Identity != "link:"+made.ID || got[0].Name != "link “shared”" || got[0].Path != "/shared/new.txt" {
		t.Errorf("%+v", got)
	}
	if _, err := s.accounts.StartSession(t.Context(), id, account.SessionInfo{}); err == nil {
		t.Error("a visitor signed in")
	}
	if _, _, err := s.accounts.CreateToken(t.Context(), id, account.NewToken{Name: "x", Mask: access.Read}); err == nil {
		t.Error("a visitor made a token")
	}
	if _, err := s.Create(t.Context(), id, NewShare{Path: "/shared"}); !errors.Is(err, ErrRights) {
		t.Errorf("a visitor made a share: %v", err)
	}
}

// copyparty GHSA-67rw-2x62-mqqm: the share of one file let its neighbours be read.
func TestIncidentOneFileShowsItsNeighbours(t *testing.T) {
	s := newStory(t)
	made := s.share(owner, NewShare{Path: "/shared/a.txt", Preset: Full})
	if !made.File || made.Title != "a.txt" || made.Path != "/shared/a.txt" {
		t.Errorf("%+v", made)
	}
	v := s.visit(made.Key)
	if got := names(t, v, "/"); !slices.Equal(got, []string{"a.txt"}) {
		t.Errorf("%q", got)
	}
	if got, err := read(v, "/a.txt"); got != "a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, name := range append(outside, "/b.txt", "/sub", "/sub/c.txt", "/private/p.txt", "/A.TXT", "/a.txt/../b.txt") {
		if got, err := read(v, name); err == nil {
			t.Errorf("%q reads %q", name, got)
		}
		if _, err := v.Stat(name); err == nil && name != "/.." && name != "/../" {
			t.Errorf("%q is told of", name)
		}
	}
	for _, name := range []string{"/new.txt", "/b.txt", "/sub/new.txt", "/a.txt.part"} {
		if _, err := v.Create(name, vfs.CreateOptions{}); err == nil {
			t.Errorf("%q may be written", name)
		}
		if _, err := v.Mkdir(name, true); err == nil {
			t.Errorf("%q may be made", name)
		}
		if _, err := v.Rename("/a.txt", name, vfs.Refuse); err == nil {
			t.Errorf("moved to %q", name)
		}
	}
}

// copyparty v1.20.17: the key of a file was taken for the key of a folder.
func TestIncidentFileKeyBecomesFolderKey(t *testing.T) {
	s := newStory(t)
	made := s.share(owner, NewShare{Path: "/shared/a.txt", Preset: Full})
	file := filepath.Join(s.disk, "shared", "a.txt")
	s.must(os.Remove(file))
	s.must(os.MkdirAll(file, 0o755))
	s.must(os.WriteFile(filepath.Join(file, "secret.txt"), []byte("secret"), 0o644))
	id, _, err := s.Open(t.Context(), made.Key, phone)
	if err != nil {
		return // gone is right as well
	}
	v := s.session(id)
	if got, err := read(v, "/a.txt/secret.txt"); err == nil {
		t.Errorf("%q", got)
	}
	if list, err := v.List("/a.txt"); err == nil && len(list) > 0 {
		t.Errorf("%+v", list)
	}
	for _, err := range []error{
		func() error { _, err := v.Create("/a.txt/new.txt", vfs.CreateOptions{Size: -1}); return err }(),
		func() error { _, err := v.Mkdir("/a.txt/new", false); return err }(),
		func() error { _, err := v.Remove("/a.txt/secret.txt"); return err }(),
		func() error { _, err := v.Copy("/a.txt", "/a.txt", vfs.KeepBoth); return err }(),
	} {
		if err == nil {
			t.Error("what the file turned into was changed")
		}
	}
}

// A share is of a folder, not of a name: it follows where the folder goes, with its narrowing.
func TestIncidentShareOfAName(t *testing.T) {
	s := newStory(t)
	folder := s.share(owner, NewShare{Path: "/shared/sub"})
	file := s.share(owner, NewShare{Path: "/shared/a.txt"})
	mine := s.session(owner)
	_, err := mine.Rename("/shared/sub", "/other/moved", vfs.Refuse)
	s.must(err)
	_, err = mine.Rename("/shared/a.txt", "/other/renamed.txt", vfs.Refuse)
	s.must(err)
	_, err = mine.Rename("/shared2", "/shared/sub", vfs.Refuse)
	s.must(err)
	v := s.visit(folder.Key)
	if got := names(t, v, "/"); !slices.Equal(got, []string{"c.txt"}) {
		t.Errorf("%q", got)
	}
	v = s.visit(file.Key)
	if got := names(t, v, "/"); !slices.Equal(got, []string{"renamed.txt"}) {
		t.Errorf("%q", got)
	}
	if got, err := s.Get(t.Context(), owner, file.ID); err != nil || got.Path != "/other/renamed.txt" || got.State != Open {
		t.Errorf("%+v, %v", got, err)
	}
}
