package api

import (
	"portico/backend/access"
	"portico/backend/api/urlpath"
	"portico/backend/vfs"
)

// Row is one entry of a listing. Its keys are short: listings are long.
type Row struct {
	Name    string `json:"n" example:"IMG_1.jpg" doc:"Name, the last part of the path"`
	Kind    string `json:"k" enum:"f,d,l,o" doc:"f file, d folder, l broken link, o other"`
	Size    int64  `json:"s,omitempty" example:"123" doc:"Bytes; missing for folders"`
	Time    int64  `json:"t" example:"1700000000000" doc:"Last change, milliseconds since 1970"`
	Version string `json:"v,omitempty" doc:"Opaque; equal versions of one path mean equal bytes"`
	Rights  string `json:"r,omitempty" example:"rwd" doc:"Rights here, only where they differ from the folder's"`
	Pending int    `json:"p,omitempty" enum:"1" doc:"1: one's own upload that is not finished"`
	Mount   int    `json:"m,omitempty" enum:"1" doc:"1: another volume begins here"`
	Absent  int    `json:"a,omitempty" enum:"1" doc:"1: its drive is not connected"`
}

// Listing is the answer to GET of a folder with Accept: application/json. The web door serves it;
// it stands here so that it is in the document and in the types of the pages.
type Listing struct {
	Path     string      `json:"path" example:"/s/k7qf2mzx/" doc:"URL path of the folder, not percent-encoded, with a slash at its end"`
	Title    string      `json:"title" example:"Holiday photos"`
	Host     string      `json:"host" example:"Studio laptop" doc:"Who shares this"`
	Rights   string      `json:"rights" example:"rw" doc:"Letters: r read, w add, m move, d delete, g get, a administer, . see dotfiles"`
	Free     int64       `json:"free" example:"123" doc:"Bytes free; -1 where that is unknown"`
	Folders  int         `json:"folders" example:"2"`
	Files    int         `json:"files" example:"1204"`
	Bytes    int64       `json:"bytes" example:"3100000000" doc:"Sum of the files' sizes"`
	Identity Party       `json:"identity"`
	Entries  []Row       `json:"entries" nullable:"false" doc:"Sorted by name, folders and files mixed"`
	Record   *Provenance `json:"record,omitempty" doc:"With ?info only: what is known of the one entry"`
}

// Party is who somebody is, as far as a page needs it.
type Party struct {
	Kind string `json:"kind" enum:"guest,owner,account,device,link,token"`
	Name string `json:"name" example:"alice" doc:"Empty for guests"`
}

// Provenance is what is known of a file beyond the disk.
type Provenance struct {
	SHA256  string `json:"sha256,omitempty" doc:"Lower-case hex"`
	By      string `json:"by,omitempty" example:"alice" doc:"Who sent it"`
	Door    string `json:"door,omitempty" example:"http" doc:"Through which door"`
	Arrived int64  `json:"arrived,omitempty" doc:"Milliseconds since 1970"`
}

// Placed is an entry and where it is now.
type Placed struct {
	Path  string `json:"path" example:"/photos/2026" doc:"URL path, not percent-encoded"`
	Entry Row    `json:"entry"`
}

// rowOf turns an entry into a row; around are the rights in its folder.
func rowOf(e vfs.Entry, around access.Right) Row {
	row := Row{Name: e.Name, Kind: kindLetter(e.Kind), Time: millis(e.ModTime), Version: e.Version,
		Pending: flag(e.Pending), Mount: flag(e.Mount), Absent: flag(e.Absent)}
	if e.Kind == vfs.KindFile {
		row.Size = e.Size
	}
	if e.Rights != around {
		row.Rights = e.Rights.String()
	}
	return row
}

// at is a place that a request named: whose tree, which name in it, and how the browser calls that tree.
type at struct {
	*vfs.Session
	name string // in the session's tree
	base string // "/s/KEY", or "" for the tree itself
}

// url is how the browser calls a name of the session's tree.
func (p at) url(name string) string { return urlpath.Join(p.base, name) }

// placed is what an operation made; its name may differ from the asked one.
func (p at) placed(e vfs.Entry, err error) (*Placed, error) {
	if err != nil {
		return nil, err
	}
	return &Placed{Path: p.url(e.Path), Entry: rowOf(e, e.Rights)}, nil
}

func kindLetter(k vfs.Kind) string {
	switch k {
	case vfs.KindFile:
		return "f"
	case vfs.KindFolder:
		return "d"
	case vfs.KindLink:
		return "l"
	}
	return "o"
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func partyOf(id access.Identity) Party {
	return Party{Kind: id.Kind.String(), Name: id.Name}
}
