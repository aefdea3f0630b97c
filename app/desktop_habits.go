//go:build desktop

package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"

	"portico/app/window"
)

// habits are what the window and the tray remember, in a small file of their own beside the settings:
// losing it loses nothing of worth.
type habits struct {
	file string
	mu   sync.Mutex
	now  habit
}

type habit struct {
	OnClose string       `json:"onClose"`
	Notify  string       `json:"notify"`
	Theme   string       `json:"theme"`
	Place   window.Place `json:"place"`
}

// readHabits reads what is remembered; a file that cannot be read is as good as none.
func readHabits(data string) *habits {
	h := &habits{file: filepath.Join(data, "desktop.json")}
	if text, err := os.ReadFile(h.file); err == nil {
		_ = json.Unmarshal(text, &h.now)
	}
	among(&h.now.OnClose, "ask", "tray", "quit")
	among(&h.now.Notify, "all", "errors", "none")
	among(&h.now.Theme, "system", "light", "dark")
	return h
}

// among makes a value the first of those that there are, if it is none of them.
func among(value *string, choices ...string) {
	for _, c := range choices {
		if *value == c {
			return
		}
	}
	*value = choices[0]
}

func (h *habits) get() habit {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// change keeps something else, if it is something else.
func (h *habits) change(do func(*habit)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.now
	do(&next)
	if next == h.now {
		return nil
	}
	text, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	h.now = next
	part := h.file + ".part"
	if err := os.WriteFile(part, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(part, h.file)
}
