package share

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// Answered is a device about which whoever shares something was asked, and what they said.
type Answered struct {
	ID      string
	Remote  netip.Addr // when it asked
	Client  string     // what it calls itself
	Program bool       // it keeps no cookies: the answer is about its address
	Allowed bool
	Always  bool // into all that the share's maker shares
	At      time.Time
}

// Answered lists the devices that were answered at a share that by may see, and those that are let into
// everything of its maker; the newest first. ErrNone.
func (s *Shares) Answered(ctx context.Context, by access.Identity, id string) ([]Answered, error) {
	row, err := s.find(ctx, by, id)
	if err != nil {
		return nil, err
	}
	all, err := s.answers(ctx, row)
	out := make([]Answered, len(all))
	for i, a := range all {
		out[i] = answeredOf(&a)
	}
	return out, err
}

// Forget takes an answer back: the device has to ask once more, wherever that answer let it in, also in the
// middle of a visit. ErrNone where there is no such answer at a share that by may see.
func (s *Shares) Forget(ctx context.Context, by access.Identity, id, answer string) error {
	row, err := s.find(ctx, by, id)
	if err != nil {
		return err
	}
	all, err := s.answers(ctx, row)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a store.Admission) bool { return answerID(&a) == answer })
	if i < 0 {
		return ErrNone
	}
	who := all[i]
	err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
		if err := tx.DropAdmission(who.Scope, who.Device); err != nil {
			return err
		}
		return tx.Append(forgotten(row, &who, by))
	})
	if err == nil {
		// Whoever asked just before does not wait for an answer that is no more.
		s.asks.without(func(one *ask) bool {
			return one.always == who.Device || one.Share == who.Scope && one.device == who.Device
		})
		s.changed()
	}
	return err
}

// forgotten tells about whom an answer was taken back.
func forgotten(row *store.Share, who *store.Admission, by access.Identity) *event.Event {
	a := answeredOf(who)
	r := Request{Remote: a.Remote, Client: a.Client}
	name := r.device()
	if name == "" {
		name = "A device"
	}
	e := told(event.Notice, row, by)
	e.Code, e.Remote, e.Client = "LINK-ASK-07", remote(a.Remote), a.Client
	e.Text = name + " has to ask again before it comes into “" + row.Title + "”"
	if a.Always {
		e.Text = name + " has to ask again before it comes into shares that ask"
	}
	return e
}

// answers are what counts at a share. An answer that was given for all of the maker's shares stands for the
// one about this share that came with it.
func (s *Shares) answers(ctx context.Context, row *store.Share) (out []store.Admission, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		wide, err := tx.Admissions(scopeOf(row))
		if err != nil {
			return err
		}
		here, err := tx.Admissions(row.ID)
		out = append(wide, slices.DeleteFunc(here, func(a store.Admission) bool {
			return slices.ContainsFunc(wide, func(w store.Admission) bool { return w.Device == a.Always })
		})...)
		return err
	})
	slices.SortStableFunc(out, func(a, b store.Admission) int { return b.At.Compare(a.At) })
	return out, err
}

func answeredOf(a *store.Admission) Answered {
	out := Answered{ID: answerID(a), Client: a.Client, Allowed: a.Allowed, Always: strings.Contains(a.Scope, ":"), At: a.At}
	at, program := strings.CutPrefix(a.Device, atAddress)
	if out.Program = program; !program {
		at = a.Remote
	}
	out.Remote, _ = netip.ParseAddr(at) // answers of before nobody noted it have none
	return out
}

// answerID names an answer without telling what the device is known by.
func answerID(a *store.Admission) string {
	sum := sha256.Sum256([]byte(a.Scope + "\x00" + a.Device))
	return hex.EncodeToString(sum[:8])
}
