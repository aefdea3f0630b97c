package share

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/event"
	"portico/backend/store"
)

// ErrAsked says that whoever shares this is asked before a new device comes in. The error of Open is an
// *Asked, which tells how that stands.
var ErrAsked = errors.New("whoever shares this is asked first")

// Answer is how it stands with letting a device in.
type Answer string

const (
	Waiting Answer = "waiting" // nobody has answered yet
	Nobody  Answer = "nobody"  // nobody did in time
	No      Answer = "no"
	Crowded Answer = "crowded" // too many wait, or this one asked too often: nobody was asked
)

// Asked is the error of Open for a device that was not let in yet. errors.Is(err, ErrAsked).
type Asked struct {
	Answer Answer
	Left   time.Duration // Waiting: for how long still; Crowded: until asking is of use
	// Device is what a browser shows from now on (Visitor.Device), so that the answer is about it; "" when
	// what it showed is still good.
	Device string
}

func (a *Asked) Error() string { return ErrAsked.Error() + ": " + string(a.Answer) }

// Is makes every Asked an ErrAsked.
func (a *Asked) Is(target error) bool { return target == ErrAsked }

// newcomer is a device at a share that asks.
type newcomer struct {
	device, always string // as of ask
	fresh          string // a secret that it was given just now
	known          bool   // it asked lately, or was answered: so it has shown the password
	answered       bool
	allowed        bool
	by             admission // where it was allowed
}

// vet asks a visitor for the password, and whoever shares about a new device. A visit vouches for both, but
// where it began with an answer that one is looked up: it can be taken back. by is the answer that let the
// visitor in; zero where none had to.
func (s *Shares) vet(ctx context.Context, row *store.Share, v visiting, from Visitor) (by admission, err error) {
	var who newcomer
	if row.Ask && (!v.inside || v.admitted) && from.Remote.IsValid() {
		if who, err = s.newcomer(ctx, row, from); err != nil {
			return by, err
		}
	}
	if row.Password != "" && !v.known && !who.known {
		if err := s.checkPassword(ctx, row, from); err != nil {
			return by, err
		}
	}
	switch {
	case who.device == "":
		return by, nil
	case who.allowed:
		return who.by, nil
	}
	return by, s.ask(ctx, row, who, from)
}

// newcomer says what is known of a device. Browsers are told apart by a secret that they keep, programs
// by their address. What a browser is known by is worth nothing when key or password of the share change.
func (s *Shares) newcomer(ctx context.Context, row *store.Share, from Visitor) (who newcomer, err error) {
	if from.Browser {
		secret := from.Device
		if !isDevice(secret) {
			secret = rand.Text()
			who.fresh = secret
		}
		if who.device, err = s.sealDevice(ctx, row, secret); err == nil {
			who.always, err = s.sealDevice(ctx, &store.Share{}, secret)
		}
		if err != nil {
			return who, err
		}
	} else {
		who.device = atAddress + remote(from.Remote)
		who.always = who.device
	}
	here := false
	err = s.store.Read(ctx, func(tx *store.Tx) (err error) {
		who.by = admission{who.device, row.ID, who.device}
		who.allowed, here, err = tx.Admission(row.ID, who.device)
		if who.answered = here; err == nil && !here {
			who.by = admission{who.device, scopeOf(row), who.always}
			who.allowed, who.answered, err = tx.Admission(who.by.scope, who.by.key)
		}
		return err
	})
	who.known = from.Browser && (here || s.asks.knows(row.ID, who.device))
	return who, err
}

// atAddress begins what a program is known by: its address.
const atAddress = "at "

// isDevice reports whether a browser shows what it may have been given.
func isDevice(secret string) bool { return len(secret) == len(rand.Text()) }

func (s *Shares) sealDevice(ctx context.Context, row *store.Share, secret string) (string, error) {
	sum, err := s.sealPass(ctx, row, []byte("device "+secret))
	return hex.EncodeToString(sum), err
}

// scopeOf names all shares of whoever a share belongs to.
func scopeOf(row *store.Share) string { return fmt.Sprintf("%d:%s", row.OfKind, row.OfID) }

// ask asks whoever shares about a device, once, and says how that stands. Whoever is blocked bothers
// nobody, and neither does who was answered with no.
func (s *Shares) ask(ctx context.Context, row *store.Share, who newcomer, from Visitor) error {
	if s.o.Blocked(from) {
		return &Asked{Answer: No}
	}
	if who.answered {
		return &Asked{Answer: No, Device: who.fresh}
	}
	r := Request{Share: row.ID, Title: row.Title, Path: row.Path, Remote: plainAddr(from.Remote),
		Client: account.Printable(from.Client, 200), Door: from.Door, Program: !from.Browser}
	stands, made := s.asks.stand(r, who.device, who.always, from.Again || r.Program)
	if stands.Device = who.fresh; made {
		s.tally.Add(ctx, event.Event{Kind: event.Notice, Code: "LINK-ASK-01", Path: row.Path, Node: row.Node,
			Identity: "link:" + row.ID, Name: "link “" + row.Title + "”", Remote: remote(r.Remote), Door: r.Door, Client: r.Client,
			Text: r.device() + " asks to be let into “" + row.Title + "”"})
		s.wakeUp()
	}
	return &stands
}

// device is how the sentences call who asks.
func (r *Request) device() string {
	at := remote(r.Remote)
	if name := (event.Event{Client: r.Client}).Device(); name != "" {
		return name + " (" + at + ")"
	}
	return at
}

// Asking lists who waits to be let into shares that by may see, the oldest first.
func (s *Shares) Asking(ctx context.Context, by access.Identity) ([]Request, error) {
	waiting := s.asks.waiting()
	if len(waiting) == 0 {
		return nil, nil
	}
	var out []Request
	for _, r := range waiting {
		if s.o.Blocked(Visitor{Remote: r.Remote, Client: r.Client}) {
			continue // since it asked
		}
		row, err := s.find(ctx, by, r.Share)
		if errors.Is(err, ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.Title = row.Title
		out = append(out, r)
	}
	return out, nil
}

// BlockedChanged has to be called when Options.Blocked may answer otherwise.
func (s *Shares) BlockedChanged() { s.asks.touch() }

// AskingChanged grows whenever Asking may answer otherwise.
func (s *Shares) AskingChanged() uint64 { return s.asks.changes() }

// Admit answers who waits under an id: it may come in, or not, until the share ends; always lets it into
// all that the share's maker shares. ErrNone where nobody waits under that id at a share that by may see.
func (s *Shares) Admit(ctx context.Context, by access.Identity, id string, allow, always bool) error {
	one := s.asks.take(id)
	if one == nil {
		return ErrNone
	}
	row, err := s.find(ctx, by, one.Share)
	if err == nil {
		err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
			a := store.Admission{Scope: row.ID, Device: one.device, Allowed: allow, At: s.now(), Remote: remote(one.Remote), Client: one.Client}
			if allow && always {
				wide := a
				wide.Scope, wide.Device = scopeOf(row), one.always
				if err := tx.SetAdmission(&wide); err != nil {
					return err
				}
				a.Always = one.always
			}
			if err := tx.SetAdmission(&a); err != nil {
				return err
			}
			return tx.Append(admitted(row, &one.Request, by, allow, always))
		})
	}
	if err != nil {
		s.asks.back(one)
		return err
	}
	if allow {
		s.asks.often.Back(asker{one.Share, account.NetworkOf(one.Remote)})
	}
	return nil
}

// admitted tells who let whom in, or did not.
func admitted(row *store.Share, r *Request, by access.Identity, allow, always bool) *event.Event {
	who := "You"
	if by.Kind != access.Owner {
		who = by.Name
	}
	e := told(event.Notice, row, by)
	e.Code, e.Remote, e.Door, e.Client = "LINK-ASK-02", remote(r.Remote), r.Door, r.Client
	switch {
	case allow && always:
		e.Text = who + " let " + r.device() + " into “" + row.Title + "”, and from now on into every share that asks"
	case allow:
		e.Text = who + " let " + r.device() + " into “" + row.Title + "”"
	default:
		e.Code, e.Text = "LINK-ASK-03", who+" did not let "+r.device()+" into “"+row.Title+"”"
	}
	return e
}

// unanswered tells of those whom nobody answered in time; next is when the next one's time is over.
func (s *Shares) unanswered(ctx context.Context) (next time.Time) {
	over, next := s.asks.end()
	for _, r := range over {
		s.tally.Add(ctx, event.Event{Kind: event.Refused, Code: "LINK-ASK-04", Path: r.Path, Remote: remote(r.Remote), Door: r.Door, Client: r.Client,
			Identity: "link:" + r.Share, Name: "link “" + r.Title + "”", Text: "nobody answered whether it may come in"})
	}
	return next
}
