package api

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
)

// Networks is what the program knows of the networks that this computer comes to. The server implements
// it; its errors are problems, or become "something broke here". All methods may be called from many
// goroutines.
type Networks interface {
	// Networks returns the networks that this computer is on, the best for others first; with all also
	// those that it remembers.
	Networks(ctx context.Context, all bool) LocalNetworkList
	// ChangeNetwork changes what is remembered of one; fs.ErrNotExist where there is none.
	ChangeNetwork(ctx context.Context, id string, to NetworkChange) (LocalNetwork, error)
	// ForgetNetwork forgets one: it is as if this computer had never been there.
	ForgetNetwork(ctx context.Context, id string) error
	// NetworkOf is what the network of an address is called; "" where that is not known.
	NetworkOf(from netip.Addr) string
	// NetworksChanged grows whenever Networks may answer otherwise.
	NetworksChanged() uint64
}

// Peers is who else is there. All methods may be called from many goroutines.
type Peers interface {
	// Peers returns the other Porticos and file servers on the approved networks. It may look around for
	// a moment.
	Peers(ctx context.Context) PeerList
}

// LocalNetwork is a network that this computer is on, or was.
type LocalNetwork struct {
	ID        string `json:"id" example:"7c9e6679f3a1b2c4" doc:"The same whenever this computer comes back"`
	Name      string `json:"name" example:"Home"`
	Kind      string `json:"kind" enum:"wifi,cable,hotspot,tether,tunnel,virtual" doc:"hotspot: one of this computer; tether: a phone's; tunnel: a VPN; virtual: of virtual machines"`
	Here      bool   `json:"here" doc:"This computer is on it now"`
	Interface string `json:"interface,omitempty" example:"wlan0" doc:"As the system calls it"`
	Address   string `json:"address,omitempty" example:"192.168.1.20" doc:"Of this computer there"`
	URL       string `json:"url,omitempty" example:"http://192.168.1.20:3923" doc:"Where the web door answers there; missing: it does not"`
	Best      bool   `json:"best,omitempty" doc:"Links and QR codes show its address"`
	Chosen    bool   `json:"chosen,omitempty" doc:"Because somebody chose it"`
	Approved  bool   `json:"approved" doc:"Links open for visitors from there"`
	Announced bool   `json:"announced" doc:"This computer may tell others there that it is here"`
	As        string `json:"as,omitempty" example:"Studio laptop" doc:"The name under which it tells so now; missing: it does not"`
	Seen      int64  `json:"seen,omitempty" doc:"When this computer came there last, milliseconds since 1970"`

	Services []AnnouncedService `json:"services,omitempty" nullable:"false" doc:"What it tells there now"`

	Announcements []Announcement `json:"announcements,omitempty" nullable:"false" doc:"How it tells so there now, one for each kind that is heard there"`
}

// Announcement is one way in which a network is told that this computer is here.
type Announcement struct {
	Kind  string  `json:"kind" enum:"mdns,ssdp,wsd" doc:"mdns: to most programs and systems; ssdp, wsd: to Windows"`
	As    string  `json:"as" example:"Studio laptop" doc:"The name under which it does"`
	Asked []Asker `json:"asked" nullable:"false" doc:"Who looked for this computer in that way, the latest first; the last eight"`
}

// Asker is who looked for this computer. Addresses can be forged.
type Asker struct {
	Address string `json:"address" example:"192.168.1.31"`
	When    int64  `json:"when" doc:"The last time, milliseconds since 1970"`
}

// AnnouncedService is one way into this computer, as others on a network are told.
type AnnouncedService struct {
	Type string `json:"type" example:"_webdav._tcp" doc:"As DNS-SD names it (RFC 6763)"`
	Port int    `json:"port" example:"3923"`
	Path string `json:"path,omitempty" example:"/dav/" doc:"Below which its files are"`
}

// LocalNetworkList is where this computer is.
type LocalNetworkList struct {
	Networks []LocalNetwork `json:"networks" nullable:"false" doc:"The best first"`
	Local    string         `json:"local,omitempty" example:"http://studio-laptop.local:3923" doc:"The web door by name, where this computer is announced; not every phone finds it"`
	Asking   bool           `json:"asking" doc:"Links open on approved networks only"`
	Announce bool           `json:"announce" doc:"The setting network.announce: whether any network is told that this computer is here"`
	Kinds    []string       `json:"kinds" nullable:"false" doc:"The setting network.announce_kinds: those kinds of announcement that are on"`
}

// NetworkChange says what shall be remembered of a network; what is left out stays.
type NetworkChange struct {
	Name      *string `json:"name,omitempty" maxLength:"63" doc:"Empty: its own name"`
	Approved  *bool   `json:"approved,omitempty" doc:"false: links open for nobody from there, and whoever came from there has to leave"`
	Chosen    *bool   `json:"chosen,omitempty" doc:"Show its address first, here and whenever this computer comes back here"`
	Announced *bool   `json:"announced,omitempty" doc:"false: nobody there is told that this computer is here"`
}

// Peer is another Portico. It chose its own name; nothing that it says was checked.
type Peer struct {
	Name    string `json:"name" example:"Lab bench"`
	URL     string `json:"url" example:"http://192.168.1.31:3923/"`
	Address string `json:"address" example:"192.168.1.31"`
	Seen    int64  `json:"seen" doc:"Milliseconds since 1970"`
}

// FileServer is a file server of somebody else, which is no Portico. It chose its own name; nothing that it
// says was checked.
type FileServer struct {
	Type    string `json:"type" example:"_smb._tcp" doc:"As DNS-SD names it (RFC 6763)"`
	Name    string `json:"name" example:"Diskstation"`
	URL     string `json:"url" example:"smb://192.168.1.40/"`
	Address string `json:"address" example:"192.168.1.40"`
	Port    int    `json:"port" example:"445"`
	Network string `json:"network,omitempty" doc:"Id of the network where it was found; missing where that is not certain"`
	Seen    int64  `json:"seen" doc:"Milliseconds since 1970"`
}

// PeerList is who else is there.
type PeerList struct {
	Peers   []Peer       `json:"peers" nullable:"false"`
	Servers []FileServer `json:"servers" nullable:"false" doc:"Other file servers, by type and name"`
}

func (a *API) networksOperations(h huma.API) {
	type which struct {
		All bool `query:"all" doc:"Also the networks that this computer only remembers"`
	}
	type list struct{ Body *LocalNetworkList }
	huma.Register(h, operation(http.MethodGet, "/-/api/networks", "networks", "The networks that this computer is on", "For whoever administers.", signedIn),
		func(ctx context.Context, in *which) (*list, error) {
			if err := a.administers(ctx, a.o.Networks != nil); err != nil {
				return nil, err
			}
			out := a.o.Networks.Networks(ctx, in.All)
			return &list{&out}, nil
		})
	type change struct {
		ID   string `path:"id" maxLength:"32"`
		Body NetworkChange
	}
	type one struct{ Body *LocalNetwork }
	huma.Register(h, operation(http.MethodPatch, "/-/api/networks/{id}", "change-network", "Approve, choose, name or announce on a network",
		"For whoever administers. It is remembered. Without a window, networks are approved by themselves; see the setting network.unapproved.", signedIn),
		func(ctx context.Context, in *change) (*one, error) {
			if err := a.administers(ctx, a.o.Networks != nil); err != nil {
				return nil, err
			}
			out, err := a.o.Networks.ChangeNetwork(ctx, in.ID, in.Body)
			if err != nil {
				return nil, callerOf(ctx).problem(err)
			}
			return &one{&out}, nil
		})
	type gone struct {
		ID string `path:"id" maxLength:"32"`
	}
	huma.Register(h, operation(http.MethodDelete, "/-/api/networks/{id}", "forget-network", "Forget a network", "For whoever administers. Where links wait for approval, they wait there again.", signedIn),
		func(ctx context.Context, in *gone) (*struct{}, error) {
			if err := a.administers(ctx, a.o.Networks != nil); err != nil {
				return nil, err
			}
			if err := a.o.Networks.ForgetNetwork(ctx, in.ID); err != nil {
				return nil, callerOf(ctx).problem(err)
			}
			return nil, nil
		})
	a.peersOperation(h)
}

func (a *API) peersOperation(h huma.API) {
	type peers struct{ Body *PeerList }
	huma.Register(h, operation(http.MethodGet, "/-/api/peers", "peers", "Other Porticos and file servers on these networks", "For whoever administers. On approved networks only. When the last look is some seconds ago, the answer takes a second and a half.", signedIn),
		func(ctx context.Context, _ *struct{}) (*peers, error) {
			if err := a.administers(ctx, a.o.Peers != nil); err != nil {
				return nil, err
			}
			out := a.o.Peers.Peers(ctx)
			return &peers{&out}, nil
		})
}

// administers lets whoever administers ask for something that this program may not have.
func (a *API) administers(ctx context.Context, there bool) error {
	c := callerOf(ctx)
	if err := c.needAdmin(); err != nil {
		return c.problem(err)
	}
	if !there {
		return problem.Absent()
	}
	return nil
}

func (a *API) networksVersion() uint64 {
	if a.o.Networks == nil {
		return 0
	}
	return a.o.Networks.NetworksChanged()
}

// networks sends where this computer is, when that is not what was sent last.
func (f *follower) networks(ctx context.Context) error {
	now := f.api.networksVersion()
	if now == f.placed {
		return nil
	}
	f.placed = now
	return f.wire.send("network", 0, f.api.o.Networks.Networks(ctx, false))
}
