package api

import "context"

// Desktop is the window and the tray of this computer. The program implements it; it is nil where it
// runs without a window. All methods may be called from many goroutines; their errors are problems, or
// sentences for people.
type Desktop interface {
	// Pick shows the system's own dialog until it is closed: what is "folder" or "files". No paths
	// and no error: it was cancelled. Only one is open at a time; a second call is refused.
	Pick(ctx context.Context, what, title string) (paths []string, err error)
	// Reveal shows in the file manager what is at a path of the tree.
	Reveal(ctx context.Context, path string) error
	// Texts is the folder of this computer in which dropped texts are kept, whole name; it is made
	// where it is missing.
	Texts(ctx context.Context) (folder string, err error)
	// Clipboard reads text, or the whole names of files that were copied; SetClipboard writes text.
	Clipboard(ctx context.Context) (DesktopClipboard, error)
	SetClipboard(ctx context.Context, text string) error
	// OpenURL opens an address in whatever program this computer opens it with.
	OpenURL(ctx context.Context, url string) error
	// Window does "show", "hide" or "front".
	Window(ctx context.Context, do string) error
	// Quit ends the program, after it has answered; with now it waits for no transfer.
	Quit(now bool)

	Preferences(ctx context.Context) DesktopPreferences
	ChangePreferences(ctx context.Context, c DesktopChange) (DesktopPreferences, error)

	// Happenings sends what happens on the desktop until ctx ends, for the page in the window. What
	// happened while no page listened and is still of use comes first.
	Happenings(ctx context.Context) <-chan DesktopEvent
}

// DesktopClipboard is what was copied.
type DesktopClipboard struct {
	Text  string   `json:"text"`
	Paths []string `json:"paths" nullable:"false" doc:"Files and folders of this computer, whole names"`
}

// DesktopPreferences is how the desktop behaves, and what it can do here.
type DesktopPreferences struct {
	Autostart   bool   `json:"autostart" doc:"It starts, hidden, when this user signs in"`
	OnClose     string `json:"onClose" enum:"ask,tray,quit" doc:"What closing the window means"`
	Notify      string `json:"notify" enum:"all,errors,none"`
	FileManager bool   `json:"fileManager" doc:"The file manager has an entry that shares"`
	Theme       string `json:"theme" enum:"system,light,dark"`

	Tray          bool   `json:"tray" doc:"There is a tray, and Portico is in it"`
	Dialogs       bool   `json:"dialogs" doc:"The system's dialogs can be shown"`
	Notifications bool   `json:"notifications" doc:"Somebody shows notifications here"`
	System        string `json:"system" enum:"linux,windows,darwin"`
}

// DesktopChange is how the desktop shall behave; what is left out stays.
type DesktopChange struct {
	Autostart   *bool   `json:"autostart,omitempty"`
	OnClose     *string `json:"onClose,omitempty" enum:"ask,tray,quit"`
	Notify      *string `json:"notify,omitempty" enum:"all,errors,none"`
	FileManager *bool   `json:"fileManager,omitempty"`
	Theme       *string `json:"theme,omitempty" enum:"system,light,dark"`
}

// DesktopEvent is something that happened on the desktop and that the page in the window deals with.
type DesktopEvent struct {
	What  string   `json:"what" enum:"dropped,go,closing,finishing" doc:"dropped: paths were dropped on the window; go: show a page; closing: ask whether closing means the tray or the end; finishing: the program ends when what moves is done"`
	Paths []string `json:"paths,omitempty" nullable:"false" doc:"Whole names; one that is not there any more is among them"`
	Page  string   `json:"page,omitempty" enum:"share,new,text,receive,transfers,services,settings,help" doc:"share: the share id; new, text, receive: the beginning of a new one"`
	ID    string   `json:"id,omitempty"`
}
