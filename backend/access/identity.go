package access

import (
	"slices"
	"strings"
)

// Kind says how an identity came to be.
type Kind uint8

const (
	Guest   Kind = iota // nobody signed in
	Owner               // the person at this computer
	Account             // a named account
	Device              // a sub-account: an instrument, a camera, a scanner
	Link                // whoever holds a share link
	Token               // whoever holds a token
)

var kindNames = [...]string{"guest", "owner", "account", "device", "link", "token"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// acts reports whether identities of this kind only ever act for somebody else.
func (k Kind) acts() bool { return k > Account }

// Identity is who is asking. It is a value: made by account or share, never changed afterwards.
//
// An identity with Behind set acts for somebody else (a link for its maker, a token or device for
// its account): its rights are its own narrowing *intersected* with what Behind may do at the
// moment of the question. It never becomes Behind. A device, link or token with nobody behind it
// may do nothing, and so may a link without a Root.
type Identity struct {
	Kind   Kind
	ID     string   // stable: account id, share id, token id; "" for the owner and the guest
	Name   string   // what a person reads in Activity: "alice", "link “Holiday photos”"
	Groups []string // of an account
	Home   string   // of an account: the canonical tree path where /dav/ and /api/v1 begin; "" is "/"
	Admin  bool     // of an account: administers this server (its role); says nothing about files

	Behind *Identity // whose present rights bound this one's; nil: stands for itself
	Mask   Right     // with Behind: at most these
	Root   string    // canonical tree path which this identity sees as "/"; "" is the whole tree
	Only   string    // with Root: the single name below it that exists for this identity (a shared file)
	Items  []string  // with Root, of a link: the names below it that exist for it, as Select makes them
	By     string    // of a link: what let its holder in, as share wrote it, who alone reads it; says nothing about files
}

// Select makes Items of names that lie in one folder: sorted, each once, those of folders with a slash
// behind them. Whoever is kept to Items may look and download there, nothing else.
func Select(files, folders []string) []string {
	items := slices.Clone(files)
	for _, name := range folders {
		items = append(items, name+"/")
	}
	slices.SortFunc(items, func(a, b string) int { return strings.Compare(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/")) })
	return slices.CompactFunc(items, func(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") })
}

// Holds reports whether a name directly in Root exists for this identity, as far as that is for it to
// say, and whether only a file may have it.
func (i *Identity) Holds(name string) (holds, file bool) {
	if i.Only != "" {
		return i.Only == name, true
	}
	if i.Items == nil {
		return true, false
	}
	at, ok := slices.BinarySearchFunc(i.Items, name, func(item, name string) int {
		return strings.Compare(strings.TrimSuffix(item, "/"), name)
	})
	return ok, ok && !strings.HasSuffix(i.Items[at], "/")
}

// Picks reports whether only some of what lies in Root exists for this identity.
func (i *Identity) Picks() bool { return i.Only != "" || i.Items != nil }

// AtHome returns the identity kept to its home, or to that of whom it acts for, unless it is kept to some
// place already: for doors that begin there and show nothing else.
func (i Identity) AtHome() Identity {
	home := ""
	for at := &i; at != nil && home == ""; at = at.Behind {
		home = at.Home
	}
	if i.Root == "" && home != "/" {
		i.Root = home
	}
	return i
}

// Is reports whether two identities are the same party. All guests are one party, and so are all
// holders of one link: whoever must tell two of them apart also compares where they come from.
func (i Identity) Is(o Identity) bool { return i.Kind == o.Kind && i.ID == o.ID }

// String returns the kind and the id: "account:k3v9", "owner:". Events carry it.
func (i Identity) String() string { return i.Kind.String() + ":" + i.ID }
