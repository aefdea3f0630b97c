package access

// Subject is whom a grant speaks of.
type Subject struct {
	Kind Kind   // Guest means everyone; Account
	ID   string // account id; "" with Kind Account is every signed-in account
	// Group, when set, is every account of that group (Kind is ignored).
	Group string
}

// Grant gives a subject rights at a path and below, until a deeper path has grants of its own.
// Devices, links and tokens are no subjects: they narrow what somebody else was granted.
type Grant struct {
	Path   string // canonical tree path
	Who    Subject
	Rights Right
}

// Boundary is the grant that gives nothing at path and keeps off what is granted above it.
func Boundary(path string) Grant { return Grant{Path: path} }

// rule is what one path grants, made ready for asking.
type rule struct {
	grants   []Grant
	everyone Right
	signedIn Right
	accounts map[string]Right
	groups   map[string]Right
}

func (r *rule) add(g Grant) {
	r.grants = append(r.grants, g)
	switch {
	case g.Who.Group != "":
		put(&r.groups, g.Who.Group, g.Rights)
	case g.Who.Kind == Guest:
		r.everyone |= g.Rights
	case g.Who.Kind == Account && g.Who.ID == "":
		r.signedIn |= g.Rights
	case g.Who.Kind == Account:
		put(&r.accounts, g.Who.ID, g.Rights)
	}
}

func put(m *map[string]Right, key string, r Right) {
	if *m == nil {
		*m = make(map[string]Right)
	}
	(*m)[key] |= r
}

// rights adds up what r gives to id, which stands for itself.
func (r *rule) rights(id *Identity) Right {
	sum := r.everyone
	if id.Kind != Account {
		return sum
	}
	sum |= r.signedIn
	if r.accounts != nil {
		sum |= r.accounts[id.ID]
	}
	if r.groups != nil {
		for _, group := range id.Groups {
			sum |= r.groups[group]
		}
	}
	return sum
}
