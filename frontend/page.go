package frontend

import "time"

// Kinds of pages.
const (
	KindFolder = "folder" // a listing; an inbox where Rights have no "r"
	KindSignIn = "signin" // who are you: name and password, or the password of a share
	KindError  = "error"  // cause, what was done, what to do
	KindAbsent = "absent" // the drive is not connected; the page waits for it
	// KindWaiting is for a device that was not let into a share yet; Asked says how that stands.
	KindWaiting = "waiting"
)

// PageSize is how many entries one page of a listing holds with scripts off.
const PageSize = 150

// Page is everything that a page shows. Texts are plain text and may be hostile; hrefs are URLs
// made by the door, already percent-encoded.
type Page struct {
	Kind   string
	Status int     // HTTP status, shown nowhere but kept with a Problem for scripts
	Title  string  // of the folder or share, or what the page is about
	Host   string  // what this computer is called: "Studio laptop"
	Path   string  // URL path of the folder as the browser sees it, percent-encoded, ending in "/"
	Crumbs []Crumb // from the top of what the visitor sees to this folder, this folder last

	Rights    string // letters of access.Right here
	Encrypted bool   // came over HTTPS
	Who       string // name of who is signed in, "" for guests and links
	Share     bool   // reached through a link
	NeedName  bool   // signin: an account is asked for; else only the password of the share
	Return    string // signin: where to go afterwards
	Entered   string // signin: the name that was typed before, shown again
	Asked     string // waiting: "waiting", "nobody" (answered; Return is where the button leads back to) or "no"

	Entries []Row // of this page, at most PageSize, in the order of the core
	Folders int   // in the whole folder
	Files   int
	Bytes   int64
	PageNo  int // from 1
	Pages   int

	Said    string   // one line about what a form just did: "3 files arrived."
	Problem *Problem // error and absent; on other pages shown above the content
	Boot    any      // more data for the script, as JSON
}

// Crumb is one step of the way to a folder.
type Crumb struct {
	Name string `json:"name"`
	Href string `json:"href"`
}

// Row is one entry of a listing. Kind is as in the JSON listing: "f" file, "d" folder, "l" broken
// link, "o" other.
type Row struct {
	Name     string
	Href     string
	Kind     string
	Size     int64
	Modified time.Time
	Pending  bool // still arriving
	Absent   bool // a mounted drive that is not connected
}

// Problem is an error in the words of the house.
type Problem struct {
	Cause  string `json:"cause"`            // "This link has ended."
	Done   string `json:"done,omitempty"`   // "Nothing was changed."
	Action string `json:"action,omitempty"` // the words on the button; with Href
	Href   string `json:"href,omitempty"`
	Code   string `json:"code,omitempty"` // for searching: "SH-GONE-01"
}
