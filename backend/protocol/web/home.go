package web

import (
	"net/http"

	"portico/backend/access"
	"portico/backend/problem"
)

// homeKey stands where the key of a share would: no share has it.
const homeKey = "/"

// home is whoever shows the request's credentials, kept to their home. Programs send a name and a
// password only when they are asked for them, so a guest is asked wherever somebody could answer,
// unless the very root is open to guests. The caller holds v.mu.
func (v *visit) home(r *http.Request) (access.Identity, error) {
	who := v.judged(r)
	id := who.identity
	if who.err != nil {
		return id, who.err
	}
	if id.Kind == access.Guest && v.front.o.Tree.Policy().Rights(id, "/") == 0 {
		people, err := v.front.o.Accounts.List(r.Context())
		if err != nil {
			return id, err
		}
		if len(people) > 0 {
			return id, problem.SignIn()
		}
	}
	return id.AtHome(), nil
}
