package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/access"
	"portico/backend/problem"
)

// Diagnosis finds out why nobody arrives. The server implements it; its errors are problems, or become
// "something broke here". All methods may be called from many goroutines.
type Diagnosis interface {
	// Diagnose looks, which takes 5 s at most. Somebody waits since then; zero: for half a minute.
	Diagnose(ctx context.Context, share string, since time.Time) (DiagnosisReport, error)
	// FixFinding does what the fix of a finding says, and looks again. It may ask the person at this
	// computer for a password and wait for it.
	FixFinding(ctx context.Context, share, code string) (FixAnswer, error)
}

// DiagnosisReport is what was found.
type DiagnosisReport struct {
	Findings []DiagnosisFinding `json:"findings" nullable:"false" doc:"What is in the way; the most probable first"`
	Tested   []string           `json:"tested" nullable:"false" doc:"What was looked at and how it stands, a line each"`
	Seen     *Sighting          `json:"seen,omitempty" doc:"Who came last from another device; missing: nobody"`
}

// DiagnosisFinding is one thing that is, or may be, in the way.
type DiagnosisFinding struct {
	Code  string        `json:"code" example:"NET-FW-01" doc:"Stable English code to search for"`
	Bad   bool          `json:"bad" doc:"It is in the way; else it may be"`
	Cause string        `json:"cause" example:"The firewall of this computer (ufw) lets nobody in at port 3923." doc:"In a sentence"`
	Did   string        `json:"did" doc:"What was already done"`
	Next  string        `json:"next" doc:"What to do now"`
	Fix   *DiagnosisFix `json:"fix,omitempty"`
}

// DiagnosisFix is what would mend it.
type DiagnosisFix struct {
	Title   string `json:"title" example:"Allow on this network" doc:"Of the button"`
	Command string `json:"command" example:"sudo ufw allow from 192.168.1.0/24 to any port 3923 proto tcp" doc:"What would be done, exactly, for whoever does it by hand"`
	Can     bool   `json:"can" doc:"It can be done from here, after the system has asked for a password"`
}

// Sighting is a device that came.
type Sighting struct {
	At     int64  `json:"at" doc:"Milliseconds since 1970"`
	Remote string `json:"remote" example:"192.168.1.30"`
	Name   string `json:"name,omitempty" example:"iPhone · Safari" doc:"Missing: it connected, but opened no share"`
}

// FixAnswer tells what became of a fix.
type FixAnswer struct {
	Done    bool              `json:"done" doc:"What was found is not there any more"`
	Finding *DiagnosisFinding `json:"finding,omitempty" doc:"What is found now where it did not help"`
}

func (a *API) diagnosisOperations(h huma.API) {
	type ask struct {
		Share string `query:"share" maxLength:"128" doc:"Id of the share that nobody opens; missing: the computer as a whole"`
		Since int64  `query:"since" doc:"Somebody waits since then, milliseconds since 1970; missing: for half a minute"`
	}
	type report struct{ Body *DiagnosisReport }
	huma.Register(h, operation(http.MethodGet, "/-/api/diagnosis", "diagnose", "Find out why nobody arrives", "For whoever administers. It takes 5 seconds at most and changes nothing.", signedIn),
		func(ctx context.Context, in *ask) (*report, error) {
			out := &report{}
			err := a.diagnosis(ctx, func(d Diagnosis) error {
				var since time.Time
				if in.Since > 0 {
					since = time.UnixMilli(in.Since)
				}
				found, err := d.Diagnose(ctx, in.Share, since)
				for _, f := range found.Findings {
					if f.Fix != nil && !a.mends(ctx) {
						f.Fix.Can = false
					}
				}
				out.Body = &found
				return err
			})
			return out, err
		})
	type fix struct {
		Code  string `path:"code" maxLength:"32" example:"NET-FW-01"`
		Share string `query:"share" maxLength:"128" doc:"As in the diagnosis"`
	}
	type answer struct{ Body *FixAnswer }
	huma.Register(h, operation(http.MethodPost, "/-/api/diagnosis/{code}/fix", "fix", "Mend what a diagnosis found",
		"On this computer's own window only: its system asks for a password first. Then it is tested again.", signedIn),
		func(ctx context.Context, in *fix) (*answer, error) {
			out := &answer{}
			err := a.diagnosis(ctx, func(d Diagnosis) error {
				if !a.mends(ctx) {
					return &problem.Problem{Status: http.StatusForbidden, Code: "NET-FIX-02", Title: "Not from here",
						Detail: "Only whoever sits at this computer may change its firewall.", Did: "Nothing was changed.", Next: "Do it there, or run the command there."}
				}
				now, err := d.FixFinding(ctx, in.Share, in.Code)
				out.Body = &now
				return err
			})
			return out, err
		})
}

// mends reports whether the caller sits at this computer.
func (a *API) mends(ctx context.Context) bool {
	return a.o.Control && callerOf(ctx).id.Kind == access.Owner
}

// diagnosis lets whoever administers look why nobody arrives.
func (a *API) diagnosis(ctx context.Context, do func(Diagnosis) error) error {
	c := callerOf(ctx)
	if err := c.needAdmin(); err != nil {
		return c.problem(err)
	}
	if a.o.Diagnosis == nil {
		return problem.Absent()
	}
	if err := do(a.o.Diagnosis); err != nil {
		return c.problem(err)
	}
	return nil
}
