package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/device"
	"portico/backend/diagnose"
	"portico/backend/event"
	"portico/backend/listen"
)

// waited is since when somebody waits, where it is not said.
const waited = 30 * time.Second

// Diagnose finds out why nobody arrives.
func (d admin) Diagnose(ctx context.Context, shareID string, since time.Time) (api.DiagnosisReport, error) {
	q, err := d.s.question(ctx, shareID, since)
	if err != nil {
		return api.DiagnosisReport{}, err
	}
	r, err := d.s.examiner.Ask(ctx, q)
	if err != nil {
		return api.DiagnosisReport{}, err
	}
	out := api.DiagnosisReport{Findings: []api.DiagnosisFinding{}, Tested: append([]string{}, r.Tested...)}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, findingRow(f))
	}
	if r.Seen != nil {
		out.Seen = &api.Sighting{At: r.Seen.At.UnixMilli(), Remote: r.Seen.Remote, Name: r.Seen.Name}
	}
	return out, nil
}

func findingRow(f diagnose.Finding) api.DiagnosisFinding {
	row := api.DiagnosisFinding{Code: f.Code, Bad: f.Bad, Cause: f.Cause, Did: f.Did, Next: f.Next}
	if f.Fix != nil {
		row.Fix = &api.DiagnosisFix{Title: f.Fix.Title, Command: f.Fix.Command, Can: len(f.Fix.Steps) > 0 || f.Fix.Ours}
	}
	return row
}

// FixFinding mends what has a code, and looks whether that helped.
func (d admin) FixFinding(ctx context.Context, shareID, code string) (api.FixAnswer, error) {
	if code == codeUnapproved {
		return d.s.approveHere(ctx)
	}
	q, err := d.s.question(ctx, shareID, time.Time{})
	if err != nil {
		return api.FixAnswer{}, err
	}
	left, err := d.s.examiner.Fix(ctx, q, code)
	if err != nil {
		return api.FixAnswer{}, d.s.unmended(ctx, err)
	}
	if left != nil {
		row := findingRow(*left)
		return api.FixAnswer{Finding: &row}, nil
	}
	d.s.tell(event.Event{Kind: event.Notice, Code: code, Text: "You let visitors of this network through the firewall"})
	return api.FixAnswer{Done: true}, nil
}

// unmended says why a fix was not done.
func (s *Server) unmended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p := refused("NET-FIX-01", "Nothing to mend", "What was found before is not there any more.", "Nothing needs to be done.")
	switch {
	case errors.Is(err, diagnose.ErrUnknown):
		p.Status = http.StatusNotFound
	case errors.Is(err, diagnose.ErrByHand):
		p = refused("NET-FIX-03", "Only by hand", "This cannot be done from here.", "Run the command that is shown, or ask whoever runs this computer.")
	case errors.Is(err, diagnose.ErrDeclined):
		p = refused("NET-FIX-04", "Not allowed", "The question for a password was closed.", "Try again, or run the command that is shown.")
	case errors.Is(err, diagnose.ErrNobody):
		p = refused("NET-FIX-05", "Nobody was asked", "This computer could not ask for the administrator's password.", "Run the command that is shown in a terminal.")
	default:
		s.log.Warn("a fix was not done", "error", err)
		p = refused("NET-FIX-06", "It did not work", "The system refused: "+err.Error()+".", "Run the command that is shown in a terminal; it says more.")
		p.Did = "It was tried; what was there before is still there."
	}
	return p
}

// question is what diagnose has to know of this house.
func (s *Server) question(ctx context.Context, shareID string, since time.Time) (diagnose.Question, error) {
	now := s.now()
	if since.IsZero() || since.After(now) {
		since = now.Add(-waited)
	}
	c := s.config()
	q := diagnose.Question{Now: now, Since: since, Door: s.doorAsked(), Fixed: c.HTTP.PublicURL != "", Unapproved: s.unapproved()}
	if bases := s.Addresses(); len(bases) > 0 {
		q.URL = bases[0]
	}
	visit, last := s.arrivals.lately(shareID)
	if visit != nil {
		q.Visit = diagnose.Sighting{At: time.UnixMilli(visit.At), Remote: visit.Remote, Name: visit.Name}
	}
	if !last.at.IsZero() {
		q.Knock = diagnose.Sighting{At: last.at, Remote: last.from.String()}
	}
	if page, err := s.store.Activity(ctx, event.Query{Limit: 1}); err == nil && len(page) == 1 {
		q.Newest = page[0].Time
	}
	if shareID == "" {
		return q, nil
	}
	one, err := s.shares.Get(ctx, account.Owner(), shareID)
	if err != nil {
		return q, err
	}
	q.Share = diagnose.Share{ID: one.ID, Title: one.Title, State: string(one.State), Why: one.Why, Password: one.HasPassword}
	if waiting, err := s.shares.Asking(ctx, account.Owner()); err == nil {
		for _, r := range waiting {
			if r.Share == one.ID {
				q.Share.Waits = device.Name(r.Client)
			}
		}
	}
	for _, v := range s.tree.Volumes() {
		if v.Absent && access.Within(v.Path, one.Path) {
			if q.Share.Absent = filepath.Base(s.volumes.settings(v.Name).Folder); q.Share.Absent == "." {
				q.Share.Absent = v.Name
			}
		}
	}
	return q, nil
}

// doorAsked is the web door as it stands.
func (s *Server) doorAsked() (out diagnose.Door) {
	g := s.gate("http")
	d, _, why := g.now()
	var list []*listen.RefusedError
	if d != nil {
		out.Addrs = d.Addrs()
		list = d.Refused()
	}
	var one *listen.RefusedError
	if errors.As(why, &one) && d == nil {
		list = append(list, one)
	}
	for _, r := range list {
		out.Refused = append(out.Refused, diagnose.Refusal{Addr: r.Addr, Holder: r.Holder, Forbidden: r.Forbidden})
	}
	if why != nil {
		out.Problem = why.Error()
	}
	out.Off = d == nil && why == nil
	return out
}

// unapproved names the network of the address that links show first, where links pause there.
func (s *Server) unapproved() string {
	if p, ok := s.pausing(); ok {
		return cmp.Or(p.Name, p.here.Interface)
	}
	return ""
}

// pausing is the network of the address that links show first, where links pause there.
func (s *Server) pausing() (p place, ok bool) {
	list, _ := s.addrs.ranked()
	if !s.asking() || len(list) == 0 {
		return p, false
	}
	for _, p := range s.places.all(false) {
		if p.has(list[0].Interface) && !p.Approved {
			return p, true
		}
	}
	return p, false
}

// approveHere approves the network on which links pause.
func (s *Server) approveHere(ctx context.Context) (api.FixAnswer, error) {
	p, ok := s.pausing()
	if !ok {
		return api.FixAnswer{}, s.unmended(ctx, diagnose.ErrUnknown)
	}
	if err := s.approveNetwork(ctx, p.ID); err != nil {
		return api.FixAnswer{}, err
	}
	s.tell(event.Event{Kind: event.Notice, Code: codeApproved, Text: "You approved the network “" + cmp.Or(p.Name, p.here.Interface) + "”: links open there"})
	return api.FixAnswer{Done: true}, nil
}
