package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/problem"
)

// People is who comes from other devices. The server implements it; its errors are problems, or become
// "something broke here". All methods may be called from many goroutines.
type People interface {
	// People returns the devices that are here now or were within the last day, and all that are
	// blocked; whoever came last stands first.
	People(ctx context.Context) ([]Person, error)
	// ChangePerson names, blocks or lets in a device. Nothing is known under that id: problem.Absent.
	ChangePerson(ctx context.Context, id string, to PersonChange) (Person, error)
	// ForgetPerson drops what is known of a device, its block too.
	ForgetPerson(ctx context.Context, id string) error
	// Arrivals tells who comes from now on, until leave is called. Whoever does not read in time loses
	// the oldest.
	Arrivals() (news <-chan Arrival, leave func())
}

// Person is one device, as far as devices can be told apart: by the account or token that it uses and
// what it is, else by its address and what it is.
type Person struct {
	ID      string   `json:"id"`
	Name    string   `json:"name" example:"iPhone · Safari" doc:"Given by whoever administers, else what the device is called"`
	Named   bool     `json:"named,omitempty" doc:"The name was given"`
	As      string   `json:"as,omitempty" example:"ada" doc:"The account, token or device that it signed in as"`
	Remote  string   `json:"remote" example:"192.168.1.30" doc:"Its latest address"`
	Client  string   `json:"client" doc:"What the client calls itself"`
	First   int64    `json:"first" doc:"Milliseconds since 1970, as far as is remembered"`
	Last    int64    `json:"last" doc:"Milliseconds since 1970"`
	Shares  []string `json:"shares" nullable:"false" doc:"Titles of the shares that it opened"`
	Here    bool     `json:"here" doc:"It is connected, or was a moment ago"`
	Files   int64    `json:"files" doc:"Sent or fetched within the last day"`
	Bytes   int64    `json:"bytes" doc:"Sent or fetched within the last day"`
	Blocked bool     `json:"blocked"`
	Means   string   `json:"means,omitempty" doc:"Of a blocked one: what blocking does and what it cannot do, in words"`
}

// PersonList is everybody.
type PersonList struct {
	People []Person `json:"people" nullable:"false"`
}

// PersonChange is what shall be different; what is left out stays.
type PersonChange struct {
	Name    *string `json:"name,omitempty" maxLength:"80" example:"Ada's phone" doc:"Empty: what the device is called"`
	Blocked *bool   `json:"blocked,omitempty" doc:"true: it can do nothing here any more, what it does now is cut"`
}

func (a *API) peopleOperations(h huma.API) {
	type list struct{ Body *PersonList }
	huma.Register(h, operation(http.MethodGet, "/-/api/people", "people", "Which devices are here, and were within a day", "For whoever administers.", signedIn),
		func(ctx context.Context, _ *struct{}) (*list, error) {
			out := &PersonList{People: []Person{}}
			err := a.people(ctx, func(p People) error {
				all, err := p.People(ctx)
				out.People = append(out.People, all...)
				return err
			})
			if err != nil {
				return nil, err
			}
			return &list{out}, nil
		})
	type change struct {
		ID   string `path:"id" maxLength:"128"`
		Body PersonChange
	}
	type one struct{ Body *Person }
	huma.Register(h, operation(http.MethodPatch, "/-/api/people/{id}", "change-person", "Name, block or let in a device", "For whoever administers. It is remembered.", signedIn),
		func(ctx context.Context, in *change) (*one, error) {
			out := &one{}
			err := a.people(ctx, func(p People) error {
				now, err := p.ChangePerson(ctx, in.ID, in.Body)
				out.Body = &now
				return err
			})
			return out, err
		})
	type id struct {
		ID string `path:"id" maxLength:"128"`
	}
	huma.Register(h, operation(http.MethodDelete, "/-/api/people/{id}", "forget-person", "Forget a device", "For whoever administers. A block ends with it; Activity keeps its lines.", signedIn),
		func(ctx context.Context, in *id) (*struct{}, error) {
			return nil, a.people(ctx, func(p People) error { return p.ForgetPerson(ctx, in.ID) })
		})
}

// people lets whoever administers look at those who come.
func (a *API) people(ctx context.Context, do func(People) error) error {
	c := callerOf(ctx)
	if err := c.needAdmin(); err != nil {
		return c.problem(err)
	}
	if a.o.People == nil {
		return problem.Absent()
	}
	if err := do(a.o.People); err != nil {
		return c.problem(err)
	}
	return nil
}
