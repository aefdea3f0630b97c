package api_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/api"
	"portico/backend/vfs"
)

// batches asks for them as the owner.
func (h *house) batches() []api.Batch {
	h.t.Helper()
	var out api.BatchList
	h.owner().want(200, "GET", "/-/api/batches", nil, &out)
	return out.Batches
}

// batch returns the only one that there is.
func (h *house) batch() api.Batch {
	h.t.Helper()
	list := h.batches()
	if len(list) != 1 {
		h.t.Fatalf("%+v", list)
	}
	return list[0]
}

// rests waits until nothing of a batch moves.
func (h *house) rests(name string) api.Batch {
	h.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		for _, b := range h.batches() {
			if b.Batch == name && b.State == "done" {
				return b
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.t.Fatalf("%q never ends: %+v", name, h.batches())
	return api.Batch{}
}

const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"

// drop sends a file as the page of a visitor does.
func (h *house) drop(name, content, batch string) {
	h.t.Helper()
	h.guest().want(201, "PUT", "/files/drop/"+name, content, nil, "X-Portico-Batch", batch, "User-Agent", phone)
}

// TestABatchIsAnnounced: how much there will be is what the client says, and is shown, not trusted.
func TestABatchIsAnnounced(t *testing.T) {
	h := open(t)
	h.put("drop/x", "1")
	h.drop("a.jpg", "aaaa", "trip; files=3; bytes=12")
	h.drop("b.jpg", "bbbb", "trip;files=3;bytes=12")
	page := h.tree.Session(t.Context(), access.Identity{Kind: access.Guest}, vfs.Origin{
		Door: "http", Remote: "127.0.0.1", Client: phone, Batch: "trip", BatchFiles: 3, BatchBytes: 12})
	defer page.Close()
	w, err := page.Create("/files/drop/c.jpg", vfs.CreateOptions{Size: 4})
	h.must(err)
	_, err = w.Write([]byte("cc"))
	h.must(err)
	b := h.batch()
	if b.State != "moving" || len(b.Files) != 1 || b.Done != 10 || b.FilesDone != 2 || b.FilesAll != 3 || b.Total != 12 || b.Batch != "trip" || b.By.Kind != "guest" || b.Path != "/files/drop" {
		t.Errorf("%+v", b)
	}
	h.owner().refused(409, "FS-UNDO-01", "POST", "/-/api/batches/"+b.ID+"/undo", nil)
	_, err = w.Write([]byte("cc"))
	h.must(err)
	_, err = w.Commit()
	h.must(err)
	b = h.batch()
	if b.State != "done" || b.FilesDone != 3 || b.Done != 12 || b.Total != 12 || !b.Undo || b.Latest != "/files/drop/c.jpg" {
		t.Errorf("%+v", b)
	}
}

// TestHostileAnnouncements: whatever is claimed, sums stay sums.
func TestHostileAnnouncements(t *testing.T) {
	for _, claim := range []string{"", ";", "; files=-1; bytes=-9", "; files=99999999999999999999", "; bytes=1e9; files=0x10", "; files=1; files=0; bytes", "; x=1; y=2; z=3; a=4; files=7",
		"; files=9007199254740992; bytes=9007199254740992"} {
		h := open(t)
		h.put("drop/x", "1")
		h.drop("a", "four", "b"+claim)
		b := h.batch()
		if b.Batch != "b" || b.FilesDone != 1 || b.Done != 4 || b.FilesAll > 1<<53 || b.FilesAll < -1 || b.Total < 4 || b.ETA < -1 {
			t.Errorf("%q: %+v", claim, b)
		}
	}
	h := open(t)
	h.put("drop/x", "1")
	h.drop("a", "four", strings.Repeat("long ", 100)+"; files=2")
	if b := h.batch(); len(b.Batch) > 64 {
		t.Errorf("%q", b.Batch)
	}
}

// TestUndo: exactly what a batch made goes, and what did not is told with its reason.
func TestUndo(t *testing.T) {
	h := open(t)
	h.put("drop/kept.jpg", "was here")
	for i := range 5 {
		h.drop(fmt.Sprintf("%d.jpg", i), fmt.Sprint("picture ", i), "trip; files=5; bytes=45")
	}
	h.drop("others.jpg", "of another batch", "other; files=1; bytes=16")
	h.as("anna").want(204, "PUT", "/files/drop/1.jpg", "changed", nil, "X-Portico-Exists", "replace")
	h.as("anna").want(200, "POST", "/-/api/files/remove", m{"paths": []string{"/files/drop/2.jpg"}}, nil)
	id := h.rests("trip").ID
	address := "/-/api/batches/" + id + "/undo"
	h.guest().refused(401, "ACC-SIGN-01", "POST", address, nil)
	h.as("anna").refused(403, "ACC-ADMIN-01", "POST", address, nil)
	var out api.UndoAnswer
	h.owner().want(200, "POST", address, nil, &out)
	if out.Removed != 3 || out.Restored != 0 || out.Stayed != 2 || len(out.Left) != 2 {
		t.Errorf("%+v", out)
	}
	why := map[string]string{}
	for _, one := range out.Left {
		why[one.Path] = one.Problem.Detail
	}
	if why["/files/drop/1.jpg"] != "It was changed after it had arrived." || why["/files/drop/2.jpg"] != "It is not there any more." {
		t.Errorf("%v", why)
	}
	for name, want := range map[string]bool{"0.jpg": false, "1.jpg": true, "3.jpg": false, "4.jpg": false, "kept.jpg": true, "others.jpg": true} {
		if h.exists("drop/"+name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	h.owner().refused(409, "FS-UNDO-01", "POST", address, nil)
	for _, b := range h.batches() {
		if b.Batch == "trip" && (b.Undo || !b.Undone) || b.Batch == "other" && !b.Undo {
			t.Errorf("%+v", b)
		}
	}
	h.owner().refused(404, "WEB-NONE-01", "POST", "/-/api/batches/none/undo", nil)
	// What was taken back lies in the trash.
	anna := h.tree.Session(t.Context(), h.anna, vfs.Origin{Door: "test"})
	defer anna.Close()
	trash, err := anna.Trash("/files/drop")
	h.must(err)
	if len(trash) != 4 {
		t.Errorf("%+v", trash)
	}
}

// TestUndoOfWhoNamesNoBatch: what a camera sends within minutes belongs together, with its folders.
func TestUndoOfWhoNamesNoBatch(t *testing.T) {
	h := open(t)
	h.write("/files/card/1/a.raw", "a")
	h.write("/files/card/2/b.raw", "b")
	b := h.rests("")
	if b.FilesDone != 2 || b.FilesAll != -1 || b.Path != "/files/card" || b.Door != "ftp" {
		t.Errorf("%+v", b)
	}
	var out api.UndoAnswer
	h.owner().want(200, "POST", "/-/api/batches/"+b.ID+"/undo", nil, &out)
	if out.Removed != 2 || out.Stayed != 0 || h.exists("card/1/a.raw") {
		t.Errorf("%+v", out)
	}
}

// TestBatchesAreTold: a stream tells what changed, and only that.
func TestBatchesAreTold(t *testing.T) {
	h := open(t)
	h.put("drop/x", "1")
	h.drop("before.jpg", "x", "before; files=1; bytes=1")
	h.rests("before")
	s := h.owner().follow("")
	h.drop("a.jpg", "aaaa", "trip; files=1; bytes=4")
	for {
		var b api.Batch
		s.next("batch", &b)
		if b.Batch != "trip" {
			t.Fatalf("%+v", b)
		}
		if b.State == "done" && b.FilesDone == 1 && b.Undo {
			return
		}
	}
}

// TestTheLogRemembersBatches: a house that is built anew knows the batches of its last day.
func TestTheLogRemembersBatches(t *testing.T) {
	h := open(t)
	h.put("drop/x", "1")
	h.drop("a.jpg", "aaaa", "trip; files=1; bytes=4")
	before := h.batch()
	h.serve(slog.New(slog.DiscardHandler))
	after := h.batch()
	if after.ID != before.ID || after.FilesDone != 1 || after.Done != 4 || !after.Undo {
		t.Errorf("%+v, was %+v", after, before)
	}
}

// TestACutBatchWaits: what was cut waits in its batch, and going on is no new one.
func TestACutBatchWaits(t *testing.T) {
	h := open(t)
	s := h.tree.Session(t.Context(), h.anna, vfs.Origin{Door: "http", Remote: "192.168.1.30", Client: "page", Batch: "trip", BatchFiles: 2, BatchBytes: 20})
	defer s.Close()
	w, err := s.Create("/files/a.bin", vfs.CreateOptions{Size: 10, Resume: true})
	h.must(err)
	_, err = w.Write([]byte("12345"))
	h.must(err)
	h.must(w.Keep())
	if b := h.batch(); b.State != "waiting" || len(b.Files) != 1 || b.Batch != "trip" || b.Done != 5 || b.Total != 20 || b.Undo {
		t.Errorf("%+v", b)
	}
	w, err = s.Resume(w.ID())
	h.must(err)
	if b := h.batch(); b.State != "moving" || len(b.Files) != 1 {
		t.Errorf("%+v", b)
	}
	h.must(w.Keep())
	h.owner().want(204, "DELETE", "/-/api/batches/"+h.batch().ID, nil, nil)
	if b := h.batch(); b.State != "done" || len(b.Files) != 0 || !b.Stopped {
		t.Errorf("%+v", b)
	}
}

// TestWhatFailedSaysWhy: what was cut is counted with its reason, until it comes after all.
func TestWhatFailedSaysWhy(t *testing.T) {
	h := open(t)
	s := h.tree.Session(t.Context(), h.anna, vfs.Origin{Door: "http", Remote: "192.168.1.30", Batch: "trip", BatchFiles: 2, BatchBytes: 8})
	defer s.Close()
	send := func(name, content string) *vfs.Writer {
		w, err := s.Create(name, vfs.CreateOptions{Size: 4})
		h.must(err)
		_, err = w.Write([]byte(content))
		h.must(err)
		return w
	}
	_, err := send("/files/a", "aaaa").Commit()
	h.must(err)
	h.must(send("/files/b", "bb").Abort())
	if b := h.batch(); b.Failed != 1 || b.Why != "It was cut on the way" || b.FilesDone != 1 || b.FilesAll != 2 || b.State == "done" {
		t.Errorf("%+v", b)
	}
	_, err = send("/files/b", "bbbb").Commit()
	h.must(err)
	if b := h.batch(); b.Failed != 0 || b.Why != "" || b.FilesDone != 2 || b.State != "done" {
		t.Errorf("%+v", b)
	}
}

// TestManyBatches: whoever makes up a batch for every file is one among a bounded number.
func TestManyBatches(t *testing.T) {
	h := open(t)
	for i := range 600 {
		s := h.tree.Session(t.Context(), h.anna, vfs.Origin{Door: "http", Remote: "192.168.1.66", Batch: fmt.Sprint("made up ", i), BatchFiles: 1 << 53, BatchBytes: 1 << 53})
		w, err := s.Create(fmt.Sprint("/files/", i), vfs.CreateOptions{Size: 1})
		h.must(err)
		_, err = w.Write([]byte("x"))
		h.must(err)
		_, err = w.Commit()
		h.must(err)
		s.Close()
	}
	h.write("/files/last", "x")
	list := h.batches()
	if n := len(list); n > 501 || n < 2 {
		t.Errorf("%d batches", n)
	}
	if !slices.ContainsFunc(list, func(b api.Batch) bool { return b.Door == "ftp" && b.FilesDone == 1 }) {
		t.Error("the newest is not among them")
	}
}

// TestUndoTakesFolders: the folders that a batch made go with its files, unless they hold something else.
func TestUndoTakesFolders(t *testing.T) {
	h := open(t)
	h.put("drop/x", "1")
	for _, folder := range []string{"trip", "trip/day 1", "shared"} {
		h.guest().want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/drop/" + folder, "parents": true}, nil, "X-Portico-Batch", "trip", "User-Agent", phone)
	}
	h.drop("trip/day%201/a.jpg", "aaaa", "trip; files=2; bytes=8")
	h.drop("shared/b.jpg", "bbbb", "trip; files=2; bytes=8")
	h.put("drop/shared/others.jpg", "somebody else's")
	var out api.UndoAnswer
	h.owner().want(200, "POST", "/-/api/batches/"+h.rests("trip").ID+"/undo", nil, &out)
	if out.Removed != 2 || out.Stayed != 0 || h.exists("drop/trip") || h.exists("drop/shared/b.jpg") || !h.exists("drop/shared/others.jpg") {
		t.Errorf("%+v", out)
	}
}
