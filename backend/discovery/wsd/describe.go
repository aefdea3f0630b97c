package wsd

import (
	"io"
	"net/http"

	"portico/backend/discovery/group"
)

// Describe answers a Get (WS-Transfer) for this computer.
func (s *Speech) Describe(self *group.Self, w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/"+self.ID {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "Only POST", http.StatusMethodNotAllowed)
		return
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "Too much, or cut", http.StatusRequestEntityTooLarge)
		return
	}
	q, ok := read(sent)
	if !ok || q.action != nsTransfer+"/Get" || q.to != address(self) {
		http.Error(w, "Only a Get for this computer is answered", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/soap+xml")
	_, _ = w.Write(s.message(asker, nsTransfer+"/GetResponse", q.id, metadata(self)))
}
