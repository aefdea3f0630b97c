package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
)

// Admin is what whoever administers does with the program itself. The server implements it; its errors
// are problems, or become "something broke here". All methods may be called from many goroutines.
type Admin interface {
	// Door opens, moves or closes a door and tells how it stands then.
	Door(ctx context.Context, name string, to DoorChange) (Door, error)
	// Eject lets go of a volume's disk, so that it can be disconnected; with now also while files move
	// there. Accept takes what is at a volume's folder now, whatever disk was there before.
	Eject(ctx context.Context, volume string, now bool) error
	Accept(ctx context.Context, volume string) error
	// Placed returns the path in the tree of a file or folder of this computer. What no served folder
	// holds is served from then on, and looks to everybody but the owner as if it were not there.
	// fs.ErrNotExist where there is none.
	Placed(ctx context.Context, file string) (path string, err error)
	// Network tells by which addresses others reach this computer, the best first.
	Network(ctx context.Context) Network
	// ChooseNetwork puts the addresses of one interface first, from now on; "": the best by itself.
	ChooseNetwork(ctx context.Context, name string) error
	// Settings returns every setting, in the order of the settings file.
	Settings(ctx context.Context) []SettingGroup
	// ChangeSettings keeps other values and puts them in force, all of them or none.
	ChangeSettings(ctx context.Context, changes []SettingChange) (SettingAnswer, error)
}

// DoorChange says how a door shall be; what is left out stays.
type DoorChange struct {
	Open *bool `json:"open,omitempty" doc:"false: closed; running transfers may end"`
	Port *int  `json:"port,omitempty" minimum:"0" maximum:"65535" doc:"0: any free one"`
}

// EjectRequest names a volume to let go of.
type EjectRequest struct {
	Volume string `json:"volume" minLength:"1" maxLength:"4096" example:"/photos" doc:"Its place in the tree, or its name"`
	Now    bool   `json:"now,omitempty" doc:"Also while files move there; their transfers end"`
}

// AcceptRequest names a volume whose folder holds another disk than before.
type AcceptRequest struct {
	Volume string `json:"volume" minLength:"1" maxLength:"4096" example:"/photos" doc:"Its place in the tree, or its name"`
}

// Network is how others reach this computer.
type Network struct {
	Chosen    string           `json:"chosen" doc:"Interface whose addresses come first; empty: the best by itself"`
	Addresses []NetworkAddress `json:"addresses" nullable:"false" doc:"The best first; links and QR codes show the first"`
}

// NetworkAddress is one address of this computer.
type NetworkAddress struct {
	Address   string `json:"address" example:"192.168.1.20"`
	Interface string `json:"interface" example:"wlan0" doc:"As the system calls it"`
	Kind      string `json:"kind" enum:"lan,hotspot,tether,tunnel,virtual" doc:"lan: a network with others; hotspot: one of this computer; tether: a phone's; tunnel: a VPN; virtual: of virtual machines"`
	Wireless  bool   `json:"wireless,omitempty"`
	URL       string `json:"url,omitempty" example:"http://192.168.1.20:3923" doc:"Where the web door answers there; missing: it does not"`
}

// NetworkChoice names an interface.
type NetworkChoice struct {
	Interface string `json:"interface" maxLength:"256" doc:"Empty: the best by itself. One that is not there now counts when it comes back"`
}

// SettingList is every setting.
type SettingList struct {
	Groups []SettingGroup `json:"groups" nullable:"false"`
}

// SettingGroup is a section of the settings.
type SettingGroup struct {
	Key      string    `json:"key" example:"http.tls"`
	About    string    `json:"about" doc:"What the section is for"`
	Settings []Setting `json:"settings" nullable:"false"`
}

// Setting is one value that can be set, and what setting it means.
type Setting struct {
	Key     string   `json:"key" example:"keep.trash"`
	Kind    string   `json:"kind" enum:"text,bool,number,size,duration,choice,list,map" doc:"size: \"2GB\"; duration: \"7d\"; list and map: of texts, or of numbers and sizes"`
	Value   any      `json:"value" doc:"As JSON; sizes and durations are texts"`
	Default any      `json:"default" doc:"What holds when nobody sets it"`
	Set     bool     `json:"set,omitempty" doc:"Its value is not the default"`
	About   string   `json:"about" doc:"What it is for and what follows from it, in sentences"`
	Risk    string   `json:"risk,omitempty" doc:"What may go wrong, or who loses something, when it is changed"`
	Choices []string `json:"choices,omitempty" nullable:"false"`
	Min     string   `json:"min,omitempty"`
	Max     string   `json:"max,omitempty"`
	Example string   `json:"example,omitempty" doc:"As in the settings file"`
}

// SettingsRequest asks for other values.
type SettingsRequest struct {
	Changes []SettingChange `json:"changes" nullable:"false" minItems:"1" maxItems:"200"`
}

// SettingChange is one other value.
type SettingChange struct {
	Key   string `json:"key" minLength:"1" maxLength:"256" example:"keep.trash"`
	Value any    `json:"value,omitempty" example:"\"7d\"" doc:"Missing: the default"`
}

// SettingAnswer tells what became of other settings.
type SettingAnswer struct {
	Later []string `json:"later" nullable:"false" doc:"These hold from the next start on; all others hold now"`
}

func (a *API) adminOperations(h huma.API) {
	type door struct {
		Name string `path:"name" maxLength:"32" example:"http"`
		Body DoorChange
	}
	type one struct{ Body *Door }
	huma.Register(h, operation(http.MethodPatch, "/-/api/doors/{name}", "change-door", "Open, move or close a door",
		"For whoever administers. It stays so over a restart, until the settings file says something new. When the new port cannot be had, the door stays where it was.", signedIn),
		func(ctx context.Context, in *door) (*one, error) {
			out := &one{}
			err := a.admin(ctx, func(d Admin) error {
				now, err := d.Door(ctx, in.Name, in.Body)
				out.Body = &now
				return err
			})
			return out, err
		})
	type network struct{ Body *Network }
	huma.Register(h, operation(http.MethodGet, "/-/api/network", "network", "How others reach this computer", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*network, error) {
			out := &network{}
			err := a.admin(ctx, func(d Admin) error {
				now := d.Network(ctx)
				out.Body = &now
				return nil
			})
			return out, err
		})
	type choice struct{ Body NetworkChoice }
	huma.Register(h, operation(http.MethodPut, "/-/api/network", "choose-network", "Choose the address that links show first", "For whoever administers. It is remembered.", signedIn),
		func(ctx context.Context, in *choice) (*network, error) {
			out := &network{}
			err := a.admin(ctx, func(d Admin) error {
				err := d.ChooseNetwork(ctx, in.Body.Interface)
				now := d.Network(ctx)
				out.Body = &now
				return err
			})
			return out, err
		})
	a.volumeOperations(h)
	a.settingOperations(h)
}

func (a *API) volumeOperations(h huma.API) {
	type eject struct{ Body EjectRequest }
	huma.Register(h, operation(http.MethodPost, "/-/api/volumes/eject", "eject-volume", "Let go of a disk, so that it can be disconnected",
		"For whoever administers. It is back when the disk was away and came again, or when it is accepted.", signedIn),
		func(ctx context.Context, in *eject) (*struct{}, error) {
			return nil, a.admin(ctx, func(d Admin) error { return d.Eject(ctx, in.Body.Volume, in.Body.Now) })
		})
	type accept struct{ Body AcceptRequest }
	huma.Register(h, operation(http.MethodPost, "/-/api/volumes/accept", "accept-volume", "Take the disk that is there now for a volume",
		"For whoever administers. For a disk that was ejected, or that replaces another one.", signedIn),
		func(ctx context.Context, in *accept) (*struct{}, error) {
			return nil, a.admin(ctx, func(d Admin) error { return d.Accept(ctx, in.Body.Volume) })
		})
}

func (a *API) settingOperations(h huma.API) {
	type list struct{ Body *SettingList }
	huma.Register(h, operation(http.MethodGet, "/-/api/settings", "settings", "Every setting, with what it is for", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*list, error) {
			out := &list{}
			err := a.admin(ctx, func(d Admin) error {
				out.Body = &SettingList{Groups: d.Settings(ctx)}
				return nil
			})
			return out, err
		})
	type change struct{ Body SettingsRequest }
	type answer struct{ Body *SettingAnswer }
	huma.Register(h, operation(http.MethodPatch, "/-/api/settings", "change-settings", "Change settings",
		"For whoever administers. All changes or none; they are kept in the settings file, where comments and everything else stay as they are.", signedIn),
		func(ctx context.Context, in *change) (*answer, error) {
			out := &answer{}
			err := a.admin(ctx, func(d Admin) error {
				now, err := d.ChangeSettings(ctx, in.Body.Changes)
				if now.Later == nil {
					now.Later = []string{}
				}
				out.Body = &now
				return err
			})
			return out, err
		})
}

// admin lets whoever administers do something with the program.
func (a *API) admin(ctx context.Context, do func(Admin) error) error {
	c := callerOf(ctx)
	if err := c.needAdmin(); err != nil {
		return c.problem(err)
	}
	if a.o.Admin == nil {
		return problem.Absent()
	}
	if err := do(a.o.Admin); err != nil {
		return c.problem(err)
	}
	return nil
}
