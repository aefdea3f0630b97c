package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"portico/backend/device"
	"portico/backend/share"
)

// Answer is a device that asked to be let into a share, and what it was told.
type Answer struct {
	ID      string `json:"id" example:"7c9e6679f3a1b2c4"`
	Name    string `json:"name" example:"iPhone · Safari" doc:"What the device is called, as far as it told; empty: that was not noted"`
	Remote  string `json:"remote,omitempty" example:"192.168.1.30" doc:"When it asked"`
	Client  string `json:"client" doc:"What the client called itself"`
	Program bool   `json:"program,omitempty" doc:"It keeps no cookies: the answer is about every program at its address"`
	Allowed bool   `json:"allowed" doc:"It may come in"`
	Always  bool   `json:"always,omitempty" doc:"Into everything that the maker of the share shares"`
	At      int64  `json:"at" doc:"When it was answered, milliseconds since 1970"`
}

// AnswerList is who was answered at a share.
type AnswerList struct {
	Answers []Answer `json:"answers" nullable:"false" doc:"Newest first"`
}

func (a *API) answerOperations(h huma.API) {
	type which struct {
		ID string `path:"id" maxLength:"64"`
	}
	type list struct{ Body *AnswerList }
	huma.Register(h, operation(http.MethodGet, "/-/api/shares/{id}/answers", "answers", "Devices that were let into a share, or not", "When they had asked.", signedIn),
		func(ctx context.Context, in *which) (*list, error) {
			c := callerOf(ctx)
			all, err := a.o.Shares.Answered(ctx, c.id, in.ID)
			if err != nil {
				return nil, c.problem(err)
			}
			out := &AnswerList{Answers: make([]Answer, len(all))}
			for i, one := range all {
				out.Answers[i] = answerOf(one)
			}
			return &list{out}, nil
		})
	type one struct {
		ID     string `path:"id" maxLength:"64"`
		Answer string `path:"answer" maxLength:"32"`
	}
	huma.Register(h, operation(http.MethodDelete, "/-/api/shares/{id}/answers/{answer}", "forget-answer", "Take an answer back",
		"The device has to ask once more, also where it is inside. What was answered for always is taken back everywhere.", signedIn),
		func(ctx context.Context, in *one) (*struct{}, error) {
			c := callerOf(ctx)
			if err := a.o.Shares.Forget(ctx, c.id, in.ID, in.Answer); err != nil {
				return nil, c.problem(unasked(err, "LINK-ASK-08", "It was taken back already", "That answer does not count any more.", "Look at the list again."))
			}
			return nil, nil
		})
}

func answerOf(one share.Answered) Answer {
	out := Answer{ID: one.ID, Name: device.Name(one.Client), Client: one.Client, Program: one.Program, Allowed: one.Allowed, Always: one.Always,
		At: one.At.UnixMilli()}
	if one.Remote.IsValid() {
		out.Remote = one.Remote.String()
	}
	return out
}
