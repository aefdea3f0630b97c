package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/vfs"
)

// Status is what the program does now, for whoever administers.
type Status struct {
	Host      string   `json:"host" example:"Studio laptop" doc:"Name of this computer as visitors read it"`
	Version   string   `json:"version" example:"1.0.0"`
	Started   int64    `json:"started" doc:"Milliseconds since 1970"`
	Addresses []string `json:"addresses" nullable:"false" example:"[\"http://192.168.1.20:3923\"]" doc:"Base addresses that other devices can open, the best first"`
	Doors     []Door   `json:"doors" nullable:"false"`
	Volumes   []Volume `json:"volumes" nullable:"false" doc:"Filled by the API itself"`
	Transfers int      `json:"transfers" doc:"How many files move now"`
	Shares    int      `json:"shares" doc:"How many shares are open"`
}

// Door is one protocol that is spoken.
type Door struct {
	Name    string     `json:"name" example:"ftp"`
	Title   string     `json:"title" example:"FTP" doc:"As people read it"`
	Open    bool       `json:"open"`
	Address string     `json:"address,omitempty" example:"ftp://192.168.1.20:2121"`
	Port    int        `json:"port,omitempty" example:"2121"`
	Clear   bool       `json:"clear,omitempty" doc:"It hides nothing on the network, passwords included"`
	Warn    string     `json:"warn,omitempty" doc:"What to know before it is opened, in words"`
	Lines   []DoorLine `json:"lines,omitempty" nullable:"false" doc:"Ready-made lines for its clients, while it is open"`
	Problem string     `json:"problem,omitempty" doc:"Why it is not open, or not as it should be, in words"`
}

// DoorLine is what one program wants to be given, to be copied. FILE, FOLDER and NAME stand for what
// only its reader knows.
type DoorLine struct {
	For  string `json:"for" example:"rclone" doc:"The program, or what the line does"`
	Text string `json:"text" example:"curl -T FILE ftp://192.168.1.20:2121/FOLDER/ --user NAME"`
}

// DoorList is every protocol, open or not.
type DoorList struct {
	Doors []Door `json:"doors" nullable:"false"`
}

// Volume is one served folder.
type Volume struct {
	Name     string `json:"name"`
	Path     string `json:"path" doc:"Where it is mounted in the tree"`
	Absent   bool   `json:"absent,omitempty" doc:"Its drive is not connected"`
	ReadOnly bool   `json:"readOnly,omitempty"`
	Free     int64  `json:"free" doc:"Bytes; -1 unknown"`
	Total    int64  `json:"total" doc:"Bytes; 0 unknown"`
}

// VolumeList is every served folder.
type VolumeList struct {
	Volumes []Volume `json:"volumes" nullable:"false"`
}

// Health says that the server answers.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

func (a *API) statusOperations(h huma.API) {
	type status struct{ Body *Status }
	huma.Register(h, operation(http.MethodGet, "/-/api/status", "status", "What the program does now", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*status, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			s := a.o.Status(ctx)
			s.Volumes, s.Transfers = volumesOf(a.o.Tree.Volumes()), len(a.o.Tree.Transfers())
			return &status{&s}, nil
		})
	type volumes struct{ Body *VolumeList }
	huma.Register(h, operation(http.MethodGet, "/-/api/volumes", "volumes", "The served folders", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*volumes, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			return &volumes{&VolumeList{volumesOf(a.o.Tree.Volumes())}}, nil
		})
	type doors struct{ Body *DoorList }
	huma.Register(h, operation(http.MethodGet, "/-/api/doors", "doors", "The protocols that are spoken", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*doors, error) {
			c := callerOf(ctx)
			if err := c.needAdmin(); err != nil {
				return nil, err
			}
			return &doors{&DoorList{a.o.Status(ctx).Doors}}, nil
		})
	type health struct{ Body Health }
	huma.Register(h, operation(http.MethodGet, "/-/health", "health", "Whether the server answers", "For everybody, without credentials."),
		func(context.Context, *struct{}) (*health, error) { return &health{Health{"ok"}}, nil })
}

func volumesOf(list []vfs.VolumeStatus) []Volume {
	out := make([]Volume, len(list))
	for i, v := range list {
		out[i] = Volume{Name: v.Name, Path: v.Path, Absent: v.Absent, ReadOnly: v.ReadOnly, Free: v.Free, Total: v.Total}
		if v.Total == 0 {
			out[i].Free = -1
		}
	}
	return out
}
