package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/problem"
	"portico/backend/share"
	"portico/backend/vfs"
)

// Share is a link, as its maker sees it.
type Share struct {
	ID       string   `json:"id" example:"k2fm9x7q0z1a4b5c"`
	Key      string   `json:"key" example:"k7qf2mzx" doc:"What is in the link; capitals mean the same"`
	Links    []string `json:"links" nullable:"false" doc:"Whole addresses, the best first; draw the first as a QR code"`
	Title    string   `json:"title" example:"Holiday photos"`
	State    string   `json:"state" enum:"open,paused,expired,used up,gone" doc:"Whether it can be opened, and if not why"`
	Path     string   `json:"path" example:"/photos/holiday" doc:"Path in the tree"`
	File     bool     `json:"file,omitempty" doc:"It is a single file"`
	Items    []string `json:"items,omitempty" nullable:"false" doc:"Only these names of the folder are shared; missing: all of it"`
	By       Party    `json:"by" doc:"Who made it; the share may never do more than its maker may now"`
	Preset   string   `json:"preset" enum:"view,add,inbox,full,custom"`
	Rights   string   `json:"rights" example:"rg"`
	Created  int64    `json:"created" doc:"Milliseconds since 1970"`
	Opened   int64    `json:"opened,omitempty" doc:"When somebody opened it last"`
	Expires  int64    `json:"expires,omitempty" doc:"Missing: until it is stopped"`
	MaxUses  int64    `json:"maxUses,omitempty" doc:"Visitors at most; missing: no limit"`
	Uses     int64    `json:"uses" doc:"Visitors so far"`
	Password bool     `json:"password,omitempty" doc:"It has a password"`
	Networks []string `json:"networks" nullable:"false" doc:"Only from there; empty: from local networks, or from anywhere if public"`
	Public   bool     `json:"public,omitempty" doc:"It may be reached from outside of local networks"`
	Ask      bool     `json:"ask,omitempty" doc:"A new device waits until it is let in"`
	Rekeyed  bool     `json:"rekeyed,omitempty" doc:"After a change: its key is a new one, links have to be handed out anew"`
}

// ShareList is every share that one may see.
type ShareList struct {
	Shares []Share `json:"shares" nullable:"false" doc:"Newest first"`
}

// ShareRequest asks for a share. What is left out is the safe choice: view and download, from local
// networks, until it is stopped.
type ShareRequest struct {
	Path     string   `json:"path" minLength:"1" maxLength:"4096" example:"/photos/holiday" doc:"URL path of a folder or file"`
	Items    []string `json:"items,omitempty" nullable:"false" maxItems:"1000" example:"[\"a.jpg\",\"b.jpg\"]" doc:"Only these names of the folder: files, and folders with all they hold. They can be looked at and downloaded. A name that is given to something else later shows that"`
	Title    string   `json:"title,omitempty" maxLength:"120" doc:"Missing: the name of what is shared"`
	Preset   string   `json:"preset,omitempty" enum:"view,add,inbox,full,custom" default:"view" doc:"view: look and download; add: and add; inbox: only add, see nothing; full: and change"`
	Rights   string   `json:"rights,omitempty" maxLength:"9" pattern:"^[rwmdgGh.]*$" example:"rw" doc:"With custom: letters as in listings"`
	For      string   `json:"for,omitempty" maxLength:"32" example:"7d" doc:"How long it stands: tonight, 7d, 1h30m; missing: until it is stopped"`
	MaxUses  int64    `json:"maxUses,omitempty" minimum:"0" doc:"Visitors at most"`
	Password string   `json:"password,omitempty" maxLength:"1024"`
	Networks []string `json:"networks,omitempty" nullable:"false" maxItems:"32" example:"[\"192.168.1.0/24\"]"`
	Public   bool     `json:"public,omitempty" doc:"May be reached from outside of local networks; its key is long then"`
	Ask      bool     `json:"ask,omitempty" doc:"A new device waits until it is let in, see asking"`
	Key      string   `json:"key,omitempty" maxLength:"64" doc:"A key of one's own choice"`
}

// ShareChange says what becomes different; what is left out stays.
type ShareChange struct {
	Title    *string   `json:"title,omitempty" maxLength:"120"`
	Preset   *string   `json:"preset,omitempty" enum:"view,add,inbox,full,custom"`
	Rights   *string   `json:"rights,omitempty" maxLength:"9" pattern:"^[rwmdgGh.]*$" doc:"With preset custom"`
	For      *string   `json:"for,omitempty" maxLength:"32" doc:"From now on; empty: until it is stopped"`
	MaxUses  *int64    `json:"maxUses,omitempty" minimum:"0" doc:"0: no limit"`
	Password *string   `json:"password,omitempty" maxLength:"1024" doc:"Empty: none"`
	Networks *[]string `json:"networks,omitempty" maxItems:"32"`
	Public   *bool     `json:"public,omitempty"`
	Paused   *bool     `json:"paused,omitempty" doc:"A paused share opens for nobody"`
	Ask      *bool     `json:"ask,omitempty" doc:"Whoever was inside before is no new device"`
}

func (a *API) shareOperations(h huma.API) {
	type list struct{ Body *ShareList }
	huma.Register(h, operation(http.MethodGet, "/-/api/shares", "shares", "My shares", "All of them, for whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*list, error) {
			c := callerOf(ctx)
			if err := c.needSomebody(); err != nil {
				return nil, err
			}
			all, err := a.o.Shares.List(ctx, c.id)
			if err != nil {
				return nil, c.problem(err)
			}
			out := &ShareList{Shares: make([]Share, len(all))}
			for i, s := range all {
				out.Shares[i] = *a.shareOf(s)
			}
			return &list{out}, nil
		})
	add(h, operation(http.MethodPost, "/-/api/shares", "share", "Make a share",
		"It may never do more than its maker may, and ends with them.", signedIn),
		func(c *caller, in *ShareRequest) (*Share, error) { return c.share(in) })
	a.oneShareOperations(h)
}

// oneShareOperations are those on one share; a share of somebody else is none.
func (a *API) oneShareOperations(h huma.API) {
	type key struct {
		ID string `path:"id" maxLength:"64"`
	}
	type change struct {
		ID   string `path:"id" maxLength:"64"`
		Body ShareChange
	}
	type one struct{ Body *Share }
	const path = "/-/api/shares/{id}"
	answer := func(c *caller, s share.Share, err error) (*one, error) {
		if err != nil {
			return nil, c.problem(err)
		}
		return &one{a.shareOf(s)}, nil
	}
	huma.Register(h, operation(http.MethodGet, path, "get-share", "One share", "", signedIn),
		func(ctx context.Context, in *key) (*one, error) {
			c := callerOf(ctx)
			s, err := a.o.Shares.Get(ctx, c.id, in.ID)
			return answer(c, s, err)
		})
	huma.Register(h, operation(http.MethodPatch, path, "change-share", "Change a share", "", signedIn),
		func(ctx context.Context, in *change) (*one, error) {
			c := callerOf(ctx)
			to, err := in.Body.change(time.Now())
			if err != nil {
				return nil, c.problem(err)
			}
			s, err := a.o.Shares.Update(ctx, c.id, in.ID, to)
			return answer(c, s, err)
		})
	huma.Register(h, operation(http.MethodDelete, path, "end-share", "End a share", "Whoever holds its link loses it at once.", signedIn),
		func(ctx context.Context, in *key) (*struct{}, error) {
			c := callerOf(ctx)
			if err := a.o.Shares.End(ctx, c.id, in.ID); err != nil {
				return nil, c.problem(err)
			}
			return nil, nil
		})
}

// share makes a share of what the caller sees at a URL path. The maker is whoever signed in, also
// where the path is that of somebody's share.
func (c *caller) share(in *ShareRequest) (*Share, error) {
	if err := c.needSomebody(); err != nil {
		return nil, err
	}
	p, err := c.at(in.Path)
	if err != nil {
		return nil, err
	}
	// What cannot be looked at is refused below, in the words for that.
	if e, err := p.Stat(p.name); err == nil && e.Kind == vfs.KindLink {
		return nil, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: "LINK-EDGE-01", Title: "It leads elsewhere",
			Detail: "“" + e.Name + "” is a link of the disk that leads out of what is shared here, so that it would open nothing.",
			Did:    "Nothing was changed.", Next: "Share the folder that it leads to, or put a copy here."}
	}
	n := share.NewShare{Title: in.Title, Preset: share.Preset(in.Preset), MaxUses: in.MaxUses,
		Password: in.Password, Public: in.Public, Ask: in.Ask, Key: in.Key}
	if n.Path, err = p.Canonical(p.name); err != nil {
		return nil, err
	}
	if n.Items, err = p.selected(in.Items); err != nil {
		return nil, err
	}
	if n.Mask, err = mask(in.Rights); err != nil {
		return nil, err
	}
	if n.Networks, err = networks(in.Networks); err != nil {
		return nil, err
	}
	if n.Expires, err = until(in.For, time.Now()); err != nil {
		return nil, err
	}
	made, err := c.api.o.Shares.Create(c.r.Context(), c.id, n)
	if err != nil {
		return nil, err
	}
	return c.api.shareOf(made), nil
}

// selected looks at the names of a selection: what its maker cannot see cannot be shared.
func (p at) selected(names []string) ([]string, error) {
	var files, folders []string
	for i, name := range names {
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
			return nil, invalid("body.items["+itoa(i)+"]", "must be a name without slashes")
		}
		e, err := p.Stat(access.Join(p.name, name))
		if err != nil {
			return nil, err
		}
		switch e.Kind {
		case vfs.KindFolder:
			folders = append(folders, e.Name)
		case vfs.KindFile:
			files = append(files, e.Name)
		default:
			return nil, invalid("body.items["+itoa(i)+"]", "is neither a file nor a folder")
		}
	}
	return access.Select(files, folders), nil
}

func (in *ShareChange) change(now time.Time) (out share.Change, err error) {
	out = share.Change{Title: in.Title, MaxUses: in.MaxUses, Password: in.Password, Public: in.Public, Paused: in.Paused, Ask: in.Ask}
	if in.Preset != nil {
		preset := share.Preset(*in.Preset)
		out.Preset = &preset
	}
	if in.Rights != nil {
		m, err := mask(*in.Rights)
		if err != nil {
			return out, err
		}
		out.Mask = &m
	}
	if in.For != nil {
		at, err := until(*in.For, now)
		if err != nil {
			return out, err
		}
		out.Expires = &at
	}
	if in.Networks != nil {
		list, err := networks(*in.Networks)
		if err != nil {
			return out, err
		}
		out.Networks = &list
	}
	return out, nil
}

// needSomebody asks guests to sign in: shares belong to somebody.
func (c *caller) needSomebody() error {
	if c.id.Kind == access.Guest {
		return c.needAdmin()
	}
	return nil
}

func (a *API) shareOf(s share.Share) *Share {
	out := &Share{
		ID: s.ID, Key: s.Key, Links: []string{}, Title: s.Title, State: string(s.State), Path: s.Path, File: s.File, Items: s.Items, By: partyOf(s.By),
		Preset: string(s.Preset), Rights: s.Mask.String(), Created: s.Created.UnixMilli(), Opened: millis(s.Opened),
		Expires: millis(s.Expires), MaxUses: s.MaxUses, Uses: s.Uses, Password: s.HasPassword, Networks: []string{},
		Public: s.Public, Ask: s.Ask, Rekeyed: s.Rekeyed,
	}
	for _, base := range a.o.Addresses() {
		out.Links = append(out.Links, base+"/s/"+s.Key)
	}
	for _, n := range s.Networks {
		out.Networks = append(out.Networks, n.String())
	}
	return out
}

func mask(letters string) (access.Right, error) {
	if letters == "" {
		return 0, nil
	}
	r, ok := access.ParseRight(letters)
	if !ok {
		return 0, invalid("body.rights", "has a letter that is no right")
	}
	return r, nil
}

func networks(texts []string) ([]netip.Prefix, error) {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, invalid("body.networks["+itoa(i)+"]", "must be a network as 192.168.1.0/24")
		}
		out[i] = p
	}
	return out, nil
}

func until(text string, now time.Time) (time.Time, error) {
	at, err := share.Until(text, now)
	if err != nil {
		return time.Time{}, invalid("body.for", "must be tonight, a number of days as 7d, or a time as 1h30m")
	}
	return at, nil
}

// millis is milliseconds since 1970, 0 for no time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
