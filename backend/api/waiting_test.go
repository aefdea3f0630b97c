package api_test

import (
	"testing"

	"portico/backend/api"
	"portico/backend/vfs"
)

// TestWaitingUploads: what was cut and waits is listed as such and can be stopped; its batch
// waits, too.
func TestWaitingUploads(t *testing.T) {
	h := open(t)
	s := h.tree.Session(t.Context(), h.anna, vfs.Origin{Door: "ftp", Remote: "192.168.1.30"})
	defer s.Close()
	w, err := s.Create("/files/cut.bin", vfs.CreateOptions{Size: 9, Resume: true})
	h.must(err)
	_, err = w.Write([]byte("four"))
	h.must(err)
	h.must(w.Keep())
	var list api.TransferList
	h.owner().want(200, "GET", "/-/api/transfers", nil, &list)
	if len(list.Transfers) != 1 {
		t.Fatalf("%+v", list)
	}
	one := list.Transfers[0]
	if !one.Waiting || one.Path != "/files/cut.bin" || one.Done != 4 || one.Total != 9 || one.By.Name != "anna" || one.ID == w.ID() {
		t.Errorf("%+v", one)
	}
	var batches api.BatchList
	h.owner().want(200, "GET", "/-/api/batches", nil, &batches)
	if len(batches.Batches) != 1 || batches.Batches[0].State != "waiting" {
		t.Errorf("%+v", batches)
	}
	h.as("anna").refused(403, "ACC-ADMIN-01", "DELETE", "/-/api/transfers/"+one.ID, nil)
	h.owner().want(204, "DELETE", "/-/api/transfers/"+one.ID, nil, nil)
	h.owner().refused(404, "WEB-NONE-01", "DELETE", "/-/api/transfers/"+one.ID, nil)
	if _, err := s.Resume(w.ID()); err == nil {
		t.Error("what was stopped goes on")
	}
}
